//! Many clients at once, for as long as a test may take: nothing is lost, nothing comes twice, and
//! memory stays what it was.
#![cfg(target_os = "linux")]

mod support;

use std::sync::Arc;

use futures_util::{SinkExt, StreamExt};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use support::{Running, soon};
use tokio::sync::{Barrier, Mutex};
use tokio_tungstenite::tungstenite::Message;

const ROOMS: usize = 50;
const MEMBERS: usize = 20;
/// How many messages each member sends to its room.
const SAID: usize = 3;

/// How often a thousand sockets come, talk and go.
const TALKS: usize = 5;

/// Requests in a round, and rounds.
const WORKERS: usize = 50;
const REQUESTS: usize = 20;
const ROUNDS: usize = 10;

/// Each connection has two ends in this process.
fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit
            .maximum
            .map_or(Some(8192), |most| Some(most.min(8192))),
        ..limit
    };
    setrlimit(Resource::Nofile, wanted).unwrap();
}

/// Memory in use, in bytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let kilobytes: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024
}

/// What everything together may keep after the first round, in bytes: an allocator does not give
/// back every page.
const KEPT: u64 = 24 * 1024 * 1024;

/// The tests of this file share a process, and each measures its memory.
static ALONE: Mutex<()> = Mutex::const_new(());

fn flat_since(warm: u64) {
    let grown = memory().saturating_sub(warm);
    println!("{warm} bytes after the first rounds, {grown} more at the end");
    assert!(grown < KEPT, "memory grew by {grown} bytes");
}

async fn server() -> Arc<Running> {
    allow_many_files();
    Arc::new(
        Running::limited(|limits| {
            limits.connections = 4000;
            // Who has just left may still be counted when the next round begins.
            limits.sockets = TALKS * ROOMS * MEMBERS;
            limits.rooms = TALKS * ROOMS;
        })
        .await,
    )
}

/// A thousand sockets, each in its room, until everybody has heard everything.
async fn talk(server: &Arc<Running>, round: usize) {
    let mut rooms = Vec::new();
    for room in 0..ROOMS {
        let all_here = Arc::new(Barrier::new(MEMBERS));
        let mut members = Vec::new();
        for member in 0..MEMBERS {
            let (server, all_here) = (Arc::clone(server), Arc::clone(&all_here));
            members.push(tokio::spawn(async move {
                let socket = server
                    .socket(&format!("/api/socket/room/load-{round}-{room}"))
                    .await;
                let (mut sink, mut stream) = socket.split();
                // Welcomed means in the room: from then on nothing is missed.
                soon(stream.next()).await.unwrap().unwrap();
                soon(all_here.wait()).await;
                for number in 0..SAID {
                    let data = json!([member, number]);
                    let request = json!({ "type": "broadcast", "id": number, "data": data });
                    sink.send(Message::text(request.to_string())).await.unwrap();
                }
                let (mut heard, mut replies) = (Vec::new(), Vec::new());
                while heard.len() < MEMBERS * SAID || replies.len() < SAID {
                    let Some(Ok(Message::Text(text))) = soon(stream.next()).await else {
                        panic!("a socket ended");
                    };
                    let message: Value = serde_json::from_str(&text).unwrap();
                    match message["type"].as_str() {
                        Some("message") => heard.push(message["data"].to_string()),
                        Some("sent") => {
                            assert_eq!(message["to"], MEMBERS);
                            replies.push(message["id"].as_u64().unwrap());
                        }
                        _ => {}
                    }
                }
                assert_eq!(replies, [0, 1, 2]);
                // Nothing more is under way when everybody has heard everything.
                soon(all_here.wait()).await;
                sink.send(Message::text(r#"{"type":"ping","id":"last"}"#))
                    .await
                    .unwrap();
                loop {
                    let message = soon(stream.next()).await.unwrap().unwrap();
                    let message: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
                    assert_ne!(message["type"], "message", "a message came twice");
                    if message["type"] == "pong" {
                        break;
                    }
                }
                // Everybody stays until nobody needs anybody any more.
                soon(all_here.wait()).await;
                heard
            }));
        }
        rooms.push(members);
    }
    for members in rooms {
        let mut heard = Vec::new();
        for member in members {
            heard.push(member.await.unwrap());
        }
        assert!(
            heard.windows(2).all(|two| two[0] == two[1]),
            "members disagree on the order"
        );
        let mut once = heard.swap_remove(0);
        once.sort();
        once.dedup();
        assert_eq!(once.len(), MEMBERS * SAID);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_sockets_hear_every_message_of_their_room_once_and_in_one_order() {
    let _alone = ALONE.lock().await;
    let server = server().await;
    let mut warm = 0;
    for round in 0..TALKS {
        talk(&server, round).await;
        println!("round {round}: {} bytes", memory());
        if round == 1 {
            warm = memory();
        }
    }
    assert_eq!(server.json("/api/health").await.0, 200);
    flat_since(warm);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_requests_are_each_answered_with_their_own_answer_in_flat_memory() {
    let _alone = ALONE.lock().await;
    let server = server().await;
    let mut warm = 0;
    for round in 0..ROUNDS {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                let server = Arc::clone(&server);
                tokio::spawn(async move {
                    for number in 0..REQUESTS {
                        let sent = format!("{round} {worker} {number}");
                        let request = server
                            .client
                            .post(server.url("/api/echo"))
                            .body(sent.clone());
                        let answer = request.send().await.unwrap().text().await.unwrap();
                        let answer: Value = serde_json::from_str(&answer).unwrap();
                        assert_eq!(answer["body"], sent);
                    }
                })
            })
            .collect();
        for worker in workers {
            worker.await.unwrap();
        }
        if round == 2 {
            warm = memory();
        }
    }
    flat_since(warm);
}
