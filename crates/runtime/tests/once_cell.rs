//! A value that is made once.

mod support;

use std::cell::Cell;
use std::rc::Rc;
use std::task::Poll;

use support::{ByHand, events, ms, runtime};
use wakeline::log::{Kind, Reason};
use wakeline::spawn;
use wakeline::sync::{OnceCell, SetError};
use wakeline::task::yield_now;
use wakeline::time::{now, sleep, timeout};

#[test]
fn one_makes_the_value_and_everybody_has_it() {
    let runtime = runtime();
    runtime.block_on(async {
        let cell = Rc::new(OnceCell::named("value"));
        let made = Rc::new(Cell::new(0));
        let tasks: Vec<_> = (0..3)
            .map(|number| {
                let (cell, made) = (Rc::clone(&cell), Rc::clone(&made));
                spawn(async move {
                    let init = async || {
                        sleep(ms(10)).await;
                        made.set(made.get() + 1);
                        number
                    };
                    *cell.get_or_init(init).await
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 0);
        }
        assert_eq!(made.get(), 1);
        assert_eq!(now().as_nanos(), 10_000_000);
        assert_eq!(cell.set(5), Err(SetError::AlreadyInitialized(5)));
        assert_eq!(Rc::into_inner(cell).unwrap().into_inner(), Some(0));
    });
    // The initialiser holds the cell while it works; the others wait for it as for a lock.
    assert_eq!(events(&runtime, Kind::Acquired).len(), 1);
    assert_eq!(events(&runtime, Kind::Released).len(), 1);
    let waits: Vec<u8> = events(&runtime, Kind::WaitBegun)
        .into_iter()
        .map(|event| event.flags)
        .filter(|reason| *reason == Reason::Lock.code())
        .collect();
    assert_eq!(waits.len(), 2);
    assert_eq!(events(&runtime, Kind::Notified)[0].value, 2);
}

#[test]
fn an_initialiser_that_fails_panics_or_is_dropped_passes_its_turn_on() {
    enum Way {
        Fails,
        Panics,
        IsDropped,
    }
    for way in [Way::Fails, Way::Panics, Way::IsDropped] {
        let runtime = runtime();
        runtime.block_on(async {
            let cell = Rc::new(OnceCell::new());
            let first = spawn({
                let (cell, panics) = (Rc::clone(&cell), matches!(way, Way::Panics));
                async move {
                    let init = async || {
                        sleep(ms(10)).await;
                        if panics {
                            panic!("on the way");
                        }
                        Err::<u32, _>("no luck")
                    };
                    cell.get_or_try_init(init).await.copied()
                }
            });
            let second = spawn({
                let cell = Rc::clone(&cell);
                async move { *cell.get_or_init(async || 2).await }
            });
            let third = spawn({
                let cell = Rc::clone(&cell);
                async move { *cell.get_or_init(async || 3).await }
            });
            sleep(ms(5)).await;
            assert_eq!(cell.set(9), Err(SetError::Initializing(9)));
            if matches!(way, Way::IsDropped) {
                first.abort();
            }
            assert_eq!(second.await.unwrap(), 2, "the first in line makes it");
            assert_eq!(third.await.unwrap(), 2);
            match way {
                Way::Fails => assert_eq!(first.await.unwrap(), Err("no luck")),
                Way::Panics => assert!(first.await.unwrap_err().is_panic()),
                Way::IsDropped => assert!(first.await.unwrap_err().is_cancelled()),
            }
        });
        assert_eq!(events(&runtime, Kind::HandedOver).len(), 1);
        assert_eq!(
            events(&runtime, Kind::Acquired).len(),
            events(&runtime, Kind::Released).len()
        );
    }
}

#[test]
fn a_waiter_that_is_dropped_in_its_turn_passes_it_on_and_nobody_waits_for_nothing() {
    runtime().block_on(async {
        let cell = Rc::new(OnceCell::new());
        let wait = |cell: &Rc<OnceCell<u32>>, value| {
            let cell = Rc::clone(cell);
            ByHand::new(async move {
                let init = async || {
                    yield_now().await;
                    value
                };
                *cell.get_or_init(init).await
            })
        };
        let mut first = wait(&cell, 1);
        let mut second = wait(&cell, 2);
        let mut third = wait(&cell, 3);
        assert!(first.poll().is_pending());
        assert!(second.poll().is_pending());
        assert!(third.poll().is_pending());
        drop(first);
        assert!(second.is_woken() && !third.is_woken());
        drop(second);
        assert!(third.is_woken());
        assert!(third.poll().is_pending());
        assert_eq!(third.poll(), Poll::Ready(3));

        let fresh = OnceCell::new();
        assert!(
            timeout(ms(1), fresh.get_or_init(async || sleep(ms(5)).await))
                .await
                .is_err()
        );
        assert!(!fresh.is_initialized());
        fresh.set(()).unwrap();
        assert!(fresh.get().is_some());
    });
}

#[test]
fn a_cell_that_waits_for_itself_is_a_deadlock_that_names_it() {
    let runtime = runtime();
    let stalled = runtime
        .try_block_on(async {
            let cell = OnceCell::named("itself");
            *cell
                .get_or_init(async || *Box::pin(cell.get_or_init(async || 1)).await)
                .await
        })
        .unwrap_err();
    let text = stalled.to_string();
    assert!(text.contains("“itself” held by “main”"), "{text}");
}
