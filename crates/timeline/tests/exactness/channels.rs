//! What is inside of a channel, and who waits at either end.

use wakeline::log::{Kind, Reason};
use wakeline::spawn_named;
use wakeline::sync::queue::Queue;
use wakeline::sync::{broadcast, mpmc, mpsc, oneshot, pipe, rendezvous, watch};
use wakeline::task::yield_now;
use wakeline::time::sleep;

use crate::sight::look;
use crate::support::ms;

#[test]
fn a_channel_its_messages_its_reservations_and_both_of_its_lines() {
    let sight = look(async {
        let (sender, mut receiver) = mpsc::Builder::new("it")
            .describe(|text: &&str| (*text).to_owned())
            .bounded(3);
        sender.send("a").await.unwrap();
        sender.send("b").await.unwrap();
        assert_eq!(receiver.recv().await, Some("a"));
        let unused = sender.reserve().await.unwrap();
        let used = sender.reserve().await.unwrap();
        drop(unused);
        used.send("c");
        let kept = sender.reserve().await.unwrap();
        let waiting = sender.clone();
        spawn_named("blocked", async move { waiting.send("d").await });
        yield_now().await;
        let room = sender.capacity();
        let inside = receiver.len();
        std::mem::forget((kept, receiver));
        (room as u64, inside)
    });
    let resource = sight.resource();
    let texts: Vec<&str> = resource
        .messages()
        .map(|m| sight.log.text(m.text))
        .collect();
    assert_eq!(texts, ["b", "c"]);
    assert_eq!(resource.len(), sight.known.1);
    let taken = resource.len() as u64 + resource.permits_in_use();
    assert_eq!(3 - taken, sight.known.0);
    assert_eq!(sight.holders(), [("main".to_owned(), 1)]);
    assert_eq!(sight.senders(), ["blocked"]);
    assert!(sight.waiters().is_empty());
}

#[test]
fn a_channel_to_many_receivers_its_messages_and_both_of_its_lines() {
    let full = look(async {
        let (sender, receiver) = mpmc::Builder::new("it").bounded(2);
        for number in 0..2 {
            sender.send(number).await.unwrap();
        }
        for name in ["first", "second"] {
            let sender = sender.clone();
            spawn_named(name, async move { sender.send(9).await });
        }
        sleep(ms(1)).await;
        (receiver.len(), sender.capacity(), receiver.clone())
    });
    let resource = full.resource();
    assert_eq!(resource.len(), full.known.0);
    assert_eq!(resource.has_room(), full.known.1 > 0);
    assert_eq!(full.senders(), ["first", "second"]);

    let empty = look(async {
        let (sender, receiver) = mpmc::Builder::new("it").bounded(2);
        for name in ["first", "second", "third"] {
            let receiver = receiver.clone();
            spawn_named(name, async move { receiver.recv().await });
        }
        sleep(ms(1)).await;
        sender.send(1).await.unwrap();
        sleep(ms(1)).await;
        (receiver.len(), sender.clone())
    });
    assert_eq!(empty.resource().len(), empty.known.0);
    assert_eq!(empty.waiters(), ["second", "third"]);
}

#[test]
fn a_channel_without_room_is_empty_and_its_lines_are_those_who_wait() {
    let offered = look(async {
        let (sender, receiver) = rendezvous::Builder::new("it").build();
        for name in ["first", "second", "third"] {
            let sender = sender.clone();
            spawn_named(name, async move { sender.send(name).await });
        }
        sleep(ms(1)).await;
        assert_eq!(receiver.recv().await, Some("first"));
        yield_now().await;
        receiver.clone()
    });
    let resource = offered.resource();
    assert!(resource.is_empty());
    assert_eq!((resource.sent, resource.received), (1, 1));
    assert_eq!(offered.senders(), ["second", "third"]);

    let wanted = look(async {
        let (sender, receiver) = rendezvous::Builder::<u8>::new("it").build();
        for name in ["first", "second"] {
            let receiver = receiver.clone();
            spawn_named(name, async move { receiver.recv().await });
        }
        sleep(ms(1)).await;
        sender.clone()
    });
    assert_eq!(wanted.waiters(), ["first", "second"]);
}

#[test]
fn a_queue_its_items_its_units_and_its_lines() {
    let sight = look(async {
        let queue = Queue::named("it", 2);
        for item in 0..2 {
            queue.put(item).await.unwrap();
        }
        queue.get().await;
        queue.put(2).await.unwrap();
        queue.task_done();
        for name in ["putting 1", "putting 2"] {
            let queue = queue.clone();
            spawn_named(name, async move { queue.put(9).await });
        }
        for name in ["joining 1", "joining 2"] {
            let queue = queue.clone();
            spawn_named(name, async move { queue.join().await });
        }
        sleep(ms(1)).await;
        (queue.len(), queue.unfinished() as u64)
    });
    let resource = sight.resource();
    assert_eq!((resource.len(), resource.units()), sight.known);
    assert_eq!(sight.senders(), ["putting 1", "putting 2"]);
    assert_eq!(sight.waiters(), ["joining 1", "joining 2"]);
    let joins = sight.events(Kind::WaitBegun).into_iter();
    let places: Vec<u64> = joins
        .filter(|event| event.flags == Reason::QueueJoin.code())
        .map(|event| event.value)
        .collect();
    assert_eq!(places, [0, 1]);
}

#[test]
fn a_oneshot_its_message_and_who_waits_at_either_end() {
    let sight = look(async {
        let (sender, receiver) = oneshot::named("it");
        sender.send(1).unwrap();
        std::mem::forget(receiver);
    });
    assert_eq!(sight.resource().len(), 1);
    let sight = look(async {
        let (mut sender, receiver) = oneshot::named::<u8>("it");
        let holding = spawn_named("receiving", receiver);
        spawn_named("sending", async move { sender.closed().await });
        yield_now().await;
        std::mem::forget(holding);
    });
    assert_eq!(sight.waiters(), ["receiving", "sending"]);
    let begun = sight.events(Kind::WaitBegun);
    let reasons: Vec<u8> = begun.iter().map(|event| event.flags).collect();
    assert_eq!(
        reasons,
        [Reason::ChannelReceive.code(), Reason::Closed.code()]
    );
}

#[test]
fn a_broadcast_keeps_what_somebody_has_yet_to_take() {
    let sight = look(async {
        let (sender, mut quick) = broadcast::named("it", 2);
        let mut slow = sender.subscribe();
        for number in 0..3 {
            sender.send(number).unwrap();
        }
        assert!(quick.recv().await.is_err(), "lagged");
        assert_eq!(quick.recv().await, Ok(1));
        assert!(slow.recv().await.is_err());
        assert_eq!(slow.recv().await, Ok(1));
        assert_eq!(quick.recv().await, Ok(2));
        let waiting = spawn_named("waiting", async move { quick.recv().await });
        yield_now().await;
        std::mem::forget((waiting, slow, sender));
    });
    // One was lost, one was taken by both, one is left for the slow one.
    assert_eq!(sight.resource().len(), 1);
    assert_eq!(sight.waiters(), ["waiting"]);
}

#[test]
fn a_watch_has_its_last_value_and_those_who_wait_for_the_next() {
    let sight = look(async {
        let (sender, mut receiver) = watch::named("it", 0);
        sender.send(1).unwrap();
        sender.send(2).unwrap();
        receiver.changed().await.unwrap();
        spawn_named("waiting", async move { receiver.changed().await });
        yield_now().await;
        std::mem::forget(sender);
    });
    assert_eq!(sight.resource().len(), 1);
    assert_eq!(sight.waiters(), ["waiting"]);
}

#[test]
fn a_pipe_the_pieces_inside_and_who_waits() {
    let full = look(async {
        let (mut writer, mut reader) = pipe::named("it", 4);
        spawn_named("writer", async move {
            for piece in [&b"ab"[..], b"cd", b"ef"] {
                write(&mut writer, piece).await;
            }
        });
        sleep(ms(1)).await;
        assert_eq!(read(&mut reader, 1).await, b"a");
        yield_now().await;
        // A part of the first piece, the second, and what found room of the third.
        reader
    });
    let resource = full.resource();
    assert_eq!(resource.len(), 3);
    assert_eq!(full.senders(), ["writer"]);
}

async fn write(writer: &mut pipe::PipeWriter, mut bytes: &[u8]) {
    use futures_util::AsyncWriteExt;
    while !bytes.is_empty() {
        let count = writer.write(bytes).await.unwrap();
        bytes = &bytes[count..];
    }
}

async fn read(reader: &mut pipe::PipeReader, count: usize) -> Vec<u8> {
    use futures_util::AsyncReadExt;
    let mut bytes = vec![0; count];
    reader.read_exact(&mut bytes).await.unwrap();
    bytes
}
