//! A task that is aborted at any of its turns leaves nothing behind, whatever it was doing.
//!
//! Each program is run once to count its polls, and then once for each poll, with the task aborted
//! right after it. Whoever else takes part must go on: nobody may wait for what the task held or
//! was promised.

mod support;

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_util::{AsyncReadExt, AsyncWriteExt, SinkExt, StreamExt, stream};
use support::{events, ms};
use wakeline::future::{Backoff, Until, as_completed, gather, retry, try_gather, wait};
use wakeline::log::{Kind, Outcome};
use wakeline::stream::{buffer, chunks, generator, merge, throttle};
use wakeline::sync::{OnceCell, Semaphore, mpmc, mpsc, pipe, rendezvous};
use wakeline::task::{AbortHandle, Budget, Local, group};
use wakeline::time::{deadline_after, interval, sleep};
use wakeline::{Policy, Runtime, spawn, spawn_named};

/// In which order tasks take turns: by the seed, or the default.
type Order = Option<u64>;

type Task = Pin<Box<dyn Future<Output = ()>>>;

/// Aborts its own task after so many polls. An abort from inside takes effect when the poll is
/// over, which is between this poll and the next.
struct Victim {
    future: Task,
    polls: Rc<Cell<u32>>,
    last: u32,
    own: Rc<Cell<Option<AbortHandle>>>,
}

impl Future for Victim {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.polls.set(self.polls.get() + 1);
        if self.polls.get() == self.last
            && let Some(own) = self.own.take()
        {
            own.abort();
        }
        self.future.as_mut().poll(cx)
    }
}

/// Runs the program with the victim aborted after so many polls; gives the polls it had.
fn run(name: &str, program: fn() -> (Task, Task), order: Order, last: u32) -> u32 {
    let runtime = match order {
        None => wakeline::Builder::new().build(),
        Some(seed) => {
            let random = wakeline::Builder::new().policy(Policy::Random);
            random.seed(seed).build()
        }
    };
    let polls = Rc::new(Cell::new(0));
    let count = Rc::clone(&polls);
    let ended = runtime.try_block_on(async move {
        let (victim, others) = program();
        let own = Rc::new(Cell::new(None));
        let task = spawn_named(
            "victim",
            Victim {
                future: victim,
                polls: count,
                last,
                own: Rc::clone(&own),
            },
        );
        own.set(Some(task.abort_handle()));
        if last == 0 {
            task.abort();
        }
        let others = spawn_named("others", others);
        let _ = task.await;
        others.await.unwrap();
    });
    if let Err(stalled) = ended {
        panic!("{name}, aborted after poll {last}: {stalled}");
    }
    runtime.finish(Outcome::Completed, "");
    assert_nothing_is_left(&runtime, &format!("{name}, aborted after poll {last}"));
    polls.get()
}

/// Every wait has ended, every timer has fired or was cancelled, every permit came back.
fn assert_nothing_is_left(runtime: &Runtime, what: &str) {
    let mut waits = Vec::new();
    for event in runtime.log().columns.iter_from(0) {
        let wait = (event.subject, event.flags, event.object);
        match event.kind {
            Kind::WaitBegun => waits.push(wait),
            Kind::WaitEnded => {
                let at = waits.iter().position(|other| *other == wait);
                waits.swap_remove(at.unwrap_or_else(|| panic!("{what}: {wait:?} never began")));
            }
            _ => {}
        }
    }
    assert!(waits.is_empty(), "{what}: {waits:?}");
    let count = |kind| events(runtime, kind).len();
    assert_eq!(
        count(Kind::TimerArmed),
        count(Kind::TimerFired) + count(Kind::TimerCancelled),
        "{what}"
    );
    // What was handed over is acquired or declined; either way it comes back.
    let sum = |kind| -> u64 { events(runtime, kind).iter().map(|event| event.value).sum() };
    assert!(sum(Kind::Released) >= sum(Kind::Acquired), "{what}");
}

fn sweep(name: &str, program: fn() -> (Task, Task)) {
    // An interpreter takes some thousand times as long: one order, and a few of the turns.
    let (orders, step): (&[Order], _) = match cfg!(miri) {
        true => (&[None], 5),
        false => (&[None, Some(1), Some(2), Some(3)], 1),
    };
    for order in orders.iter().copied() {
        let polls = run(name, program, order, u32::MAX);
        // In a random order others may have done everything by its first turn.
        assert!(polls > 1 || order.is_some(), "{name} never waits");
        for last in (0..=polls).step_by(step) {
            run(name, program, order, last);
        }
    }
}

fn task(future: impl Future<Output = ()> + 'static) -> Task {
    Box::pin(future)
}

fn after(milliseconds: u64) -> wakeline::JoinHandle<u64> {
    spawn(async move {
        sleep(ms(milliseconds)).await;
        milliseconds
    })
}

#[test]
fn while_it_sends_or_receives() {
    sweep("mpmc", || {
        let (sender, receiver) = mpmc::channel(1);
        let (other, second) = (sender.clone(), receiver.clone());
        let victim = task(async move {
            for number in 0..4 {
                sender.send(number).await.unwrap();
            }
            drop(sender);
            while receiver.recv().await.is_some() {}
        });
        let others = task(async move {
            let send = async move {
                for number in 10..14 {
                    sleep(ms(1)).await;
                    other.send(number).await.unwrap();
                }
            };
            let receive = async move { while second.recv().await.is_some() {} };
            futures_util::future::join(send, receive).await;
        });
        (victim, others)
    });
    sweep("rendezvous", || {
        let (sender, receiver) = rendezvous::channel();
        let (other, second) = (sender.clone(), receiver.clone());
        let victim = task(async move {
            let send = async {
                for number in 0..3 {
                    sender.send(number).await.unwrap();
                }
                drop(sender);
            };
            let receive = async {
                for _ in 0..3 {
                    receiver.recv().await;
                }
            };
            futures_util::future::join(send, receive).await;
            drop(receiver);
        });
        let others = task(async move {
            let send = async move {
                for number in 10..16 {
                    other.send(number).await.unwrap();
                }
            };
            let receive = async move {
                while second.recv().await.is_some() {
                    sleep(ms(1)).await;
                }
            };
            futures_util::future::join(send, receive).await;
        });
        (victim, others)
    });
    sweep("sink", || {
        let (mut sender, mut receiver) = mpsc::channel(1);
        let other = sender.clone();
        let victim = task(async move {
            for number in 0..4 {
                SinkExt::feed(&mut sender, number).await.unwrap();
            }
            SinkExt::close(&mut sender).await.unwrap();
            sleep(ms(5)).await;
        });
        let others = task(async move {
            let send = async move { other.send(9).await.unwrap() };
            let receive = async move {
                while receiver.recv().await.is_some() {
                    sleep(ms(1)).await;
                }
            };
            futures_util::future::join(send, receive).await;
        });
        (victim, others)
    });
    sweep("pipe", || {
        let (mut here, mut there) = pipe::duplex(2);
        let victim = task(async move {
            here.write_all(b"question").await.unwrap();
            here.close().await.unwrap();
            let mut answer = Vec::new();
            here.read_to_end(&mut answer).await.unwrap();
        });
        let others = task(async move {
            let mut text = Vec::new();
            there.read_to_end(&mut text).await.unwrap();
            let _ = there.write_all(&text).await;
        });
        (victim, others)
    });
}

#[test]
fn while_it_holds_or_waits_for_something() {
    sweep("once cell", || {
        let cell = Rc::new(OnceCell::new());
        let others = Rc::clone(&cell);
        let make = async |pause| {
            sleep(ms(pause)).await;
            pause
        };
        let victim = task(async move {
            cell.get_or_init(async || make(2).await).await;
        });
        let others = task(async move {
            let waiting = (0..3).map(|n| others.get_or_init(async move || make(n).await));
            futures_util::future::join_all(waiting).await;
        });
        (victim, others)
    });
    sweep("semaphore", || {
        let semaphore = Rc::new(Semaphore::new(3));
        let others = Rc::clone(&semaphore);
        let victim = task(async move {
            for count in 1..=3 {
                let permits = semaphore.acquire_many_owned(count).await.unwrap();
                sleep(ms(1)).await;
                drop(permits);
            }
        });
        let others = task(async move {
            for count in [3, 1, 2, 3] {
                drop(others.acquire_many(count).await.unwrap());
                sleep(ms(1)).await;
            }
            // Whoever had them or was promised them: in the end all come back.
            drop(others.acquire_many(3).await.unwrap());
        });
        (victim, others)
    });
}

#[test]
fn while_it_waits_for_many() {
    sweep("group", || {
        let victim = task(async {
            let ended = group(async |group| {
                group.spawn("one", async {
                    sleep(ms(1)).await;
                    Ok(())
                });
                let two = group.spawn_cancellable("two", async {
                    wakeline::cancel::cancellable(sleep(ms(3))).await?;
                    Ok(2)
                });
                two.await;
                group.spawn("fails", async {
                    sleep(ms(1)).await;
                    Err::<(), _>("no luck")
                });
                sleep(ms(10)).await;
                Ok(())
            });
            assert!(ended.await.is_err());
        });
        (victim, task(async { sleep(ms(20)).await }))
    });
    sweep("gather, wait, as completed", || {
        let victim = task(async {
            gather([after(2), after(1)]).await;
            let fallible = [1, 2].map(|n| {
                spawn(async move {
                    sleep(ms(n)).await;
                    if n == 1 { Err("first") } else { Ok(n) }
                })
            });
            assert!(try_gather(fallible).await.is_err());
            let tasks = [after(1), after(2)];
            wait(&tasks, Until::FirstEnd).limit(ms(10)).await;
            let mut ends = as_completed(tasks);
            while ends.next().await.is_some() {}
        });
        (victim, task(async { sleep(ms(20)).await }))
    });
    sweep("retry in a deadline, in a scope", || {
        static KEY: Local<u32> = Local::inherited();
        let victim = task(KEY.scope(1, async {
            let plan = Backoff::exponential(ms(1)).attempts(4);
            let attempt = |_| async {
                sleep(ms(1)).await;
                let child = spawn(async { KEY.get().map(|value| *value) });
                assert_eq!(child.await.unwrap(), Some(1));
                Err::<(), _>("no luck")
            };
            let _ = deadline_after(ms(9), retry(&plan, attempt)).await;
        }));
        let others = task(async {
            sleep(ms(20)).await;
            assert!(KEY.get().is_none());
        });
        (victim, others)
    });
}

#[test]
fn while_it_consumes_a_stream_or_works() {
    sweep("streams", || {
        let numbers = || {
            generator(|emitter| async move {
                for number in 0..4 {
                    sleep(ms(1)).await;
                    emitter.emit(number).await;
                }
            })
        };
        let victim = task(async move {
            throttle(numbers(), ms(2)).count().await;
            chunks(numbers(), 3, ms(2)).count().await;
            merge([numbers(), numbers()]).count().await;
            buffer(numbers(), 2).count().await;
            chunks(interval(ms(1)).take(3), 2, ms(5)).count().await;
            throttle(stream::iter(0..2), ms(1)).count().await;
        });
        (victim, task(async { sleep(ms(60)).await }))
    });
    sweep("work", || {
        let victim = task(async {
            let mut budget = Budget::new(ms(3));
            for _ in 0..10 {
                budget.spend(ms(1)).await;
            }
        });
        (victim, task(async { sleep(ms(20)).await }))
    });
}
