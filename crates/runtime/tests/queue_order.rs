//! Queues in every order, against models.

mod support;

use std::collections::VecDeque;

use proptest::prelude::*;
use support::runtime;
use wakeline::sync::queue::{Builder, LifoQueue, PriorityQueue, Queue, TryGetError};

/// An item that compares by its rank alone, so that ties can be told apart.
#[derive(Clone, Copy, Debug)]
struct Item {
    rank: u8,
    number: usize,
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        self.rank == other.rank
    }
}

impl Eq for Item {}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank.cmp(&other.rank)
    }
}

#[derive(Clone, Debug)]
enum Step {
    Put(u8),
    Get,
    Done,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (0_u8..5).prop_map(Step::Put),
        2 => Just(Step::Get),
        1 => Just(Step::Done),
    ];
    proptest::collection::vec(step, 0..120)
}

/// Does the same to the three queues and to the list of what should be inside.
fn compare(steps: &[Step], capacity: usize) {
    runtime().block_on(async {
        let first: Queue<Item> = Queue::bounded(capacity);
        let last: LifoQueue<Item> = Builder::new("last in").bounded_in_order(capacity);
        let smallest: PriorityQueue<Item> = Builder::new("smallest").bounded_in_order(capacity);
        let mut fifo: VecDeque<usize> = VecDeque::new();
        let mut lifo: Vec<usize> = Vec::new();
        let mut sorted: Vec<Item> = Vec::new();
        let (mut numbers, mut unfinished) = (0, 0);
        for step in steps {
            match *step {
                Step::Put(rank) => {
                    let item = Item {
                        rank,
                        number: numbers,
                    };
                    let fits = fifo.len() < capacity;
                    assert_eq!(first.try_put(item).is_ok(), fits);
                    assert_eq!(last.try_put(item).is_ok(), fits);
                    assert_eq!(smallest.try_put(item).is_ok(), fits);
                    if fits {
                        fifo.push_back(numbers);
                        lifo.push(numbers);
                        sorted.push(item);
                        // Stable: of equal ranks the first in stays first.
                        sorted.sort_by_key(|item| item.rank);
                        unfinished += 1;
                    }
                    numbers += 1;
                }
                Step::Get => {
                    let number = |got: Result<Item, TryGetError>| got.ok().map(|item| item.number);
                    assert_eq!(number(first.try_get()), fifo.pop_front());
                    assert_eq!(number(last.try_get()), lifo.pop());
                    let next = (!sorted.is_empty()).then(|| sorted.remove(0).number);
                    assert_eq!(number(smallest.try_get()), next);
                }
                Step::Done if unfinished > 0 => {
                    first.task_done();
                    last.task_done();
                    smallest.task_done();
                    unfinished -= 1;
                }
                Step::Done => {}
            }
            assert_eq!(first.len(), fifo.len());
            assert_eq!(last.len(), lifo.len());
            assert_eq!(smallest.len(), sorted.len());
            assert_eq!(smallest.unfinished(), unfinished);
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 256 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn items_come_out_in_the_order_that_the_queue_promises(
        steps in steps(),
        capacity in 1_usize..20,
    ) {
        compare(&steps, capacity);
    }
}
