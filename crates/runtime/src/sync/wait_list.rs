//! A line of waiting futures: first in, first out, and anybody may leave at any moment.
//!
//! Nodes live in a vector and link to each other by index, and a future holds the index of its
//! node. So the futures need not be pinned, everything is safe code, and an empty line owns no
//! memory. Entering and leaving take constant time wherever the node stands.

use std::num::NonZeroU32;
use std::task::Waker;

const NIL: u32 = u32::MAX;

/// A node's index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(NonZeroU32);

impl Key {
    fn new(node: u32) -> Self {
        Self(NonZeroU32::MIN.saturating_add(node))
    }

    fn node(self) -> u32 {
        self.0.get() - 1
    }
}

/// What one future waits for.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) waker: Option<Waker>,
    /// How many permits it asked for.
    pub(super) asks: usize,
    /// How many of them it still lacks.
    pub(super) lacks: usize,
    /// The task that waits, as in the log.
    pub(super) task: u32,
    /// Its turn has come (or the line was closed): it is in the list only to be found by its
    /// future.
    pub(super) called: bool,
}

#[derive(Debug)]
struct Node {
    waiter: Waiter,
    previous: u32,
    /// The next in line or, of a node that nobody uses, the next of those.
    next: u32,
}

/// The line.
#[derive(Debug)]
pub(super) struct WaitList {
    nodes: Vec<Node>,
    unused: u32,
    head: u32,
    tail: u32,
    waiting: u32,
}

impl Default for WaitList {
    fn default() -> Self {
        Self {
            nodes: Vec::new(),
            unused: NIL,
            head: NIL,
            tail: NIL,
            waiting: 0,
        }
    }
}

impl WaitList {
    /// How many stand in line.
    #[inline]
    pub(super) fn waiting(&self) -> usize {
        self.waiting as usize
    }

    /// Enters at the end of the line.
    pub(super) fn enter(&mut self, waker: Waker, task: u32, asks: usize) -> Key {
        let waiter = Waiter {
            waker: Some(waker),
            asks,
            lacks: asks,
            task,
            called: false,
        };
        let previous = self.tail;
        let key = match self.nodes.get_mut(self.unused as usize) {
            Some(node) => {
                let key = self.unused;
                self.unused = node.next;
                node.waiter = waiter;
                node.previous = previous;
                node.next = NIL;
                key
            }
            None => self.enter_new(Node {
                waiter,
                previous,
                next: NIL,
            }),
        };
        match self.nodes.get_mut(previous as usize) {
            None => self.head = key,
            Some(last) => last.next = key,
        }
        self.tail = key;
        self.waiting += 1;
        Key::new(key)
    }

    #[cold]
    #[inline(never)]
    fn enter_new(&mut self, node: Node) -> u32 {
        let key = u32::try_from(self.nodes.len()).ok();
        let key = key.filter(|key| *key != NIL);
        self.nodes.push(node);
        key.expect("fewer than 2^32 wait in one line")
    }

    /// How many stand before a node that is still in line. Takes time in proportion to them.
    pub(super) fn place(&self, key: Key) -> usize {
        let mut before = 0;
        let mut node = self.nodes[key.node() as usize].previous;
        while node != NIL {
            before += 1;
            node = self.nodes[node as usize].previous;
        }
        before
    }

    /// The first in line.
    pub(super) fn front(&mut self) -> Option<&mut Waiter> {
        let head = self.head;
        self.nodes
            .get_mut(head as usize)
            .map(|node| &mut node.waiter)
    }

    /// Calls the first in line: takes it out of the line and marks it. The waker is for the
    /// caller to call when nothing is borrowed.
    pub(super) fn call_front(&mut self) -> Option<Waker> {
        let first = self.nodes.get_mut(self.head as usize)?;
        first.waiter.called = true;
        let waker = first.waiter.waker.take();
        self.head = first.next;
        match self.nodes.get_mut(self.head as usize) {
            None => self.tail = NIL,
            Some(second) => second.previous = NIL,
        }
        self.waiting -= 1;
        waker
    }

    /// Calls everybody who stands in line now.
    pub(super) fn call_all(&mut self) -> Vec<Waker> {
        std::iter::from_fn(|| self.call_front()).collect()
    }

    /// The node of a future.
    pub(super) fn get(&mut self, key: Key) -> &mut Waiter {
        &mut self.nodes[key.node() as usize].waiter
    }

    /// A future gives up its node, in line or called. Its waiter is returned, with a waker that
    /// the caller drops when nothing is borrowed.
    pub(super) fn leave(&mut self, key: Key) -> Waiter {
        let node = &mut self.nodes[key.node() as usize];
        let waiter = &mut node.waiter;
        let gone = Waiter {
            waker: waiter.waker.take(),
            ..*waiter
        };
        if !gone.called {
            self.unlink(key.node());
        }
        self.nodes[key.node() as usize].next = self.unused;
        self.unused = key.node();
        gone
    }

    /// A node that is still in line is polled again, maybe by another task. True if its waker
    /// has to be replaced; the caller clones the new one when nothing is borrowed.
    #[must_use]
    pub(super) fn refresh(&mut self, key: Key, waker: &Waker, task: u32) -> bool {
        let waiter = self.get(key);
        waiter.task = task;
        !waiter
            .waker
            .as_ref()
            .is_some_and(|old| old.will_wake(waker))
    }

    /// Puts another waker into a node that is still in line. The old one is returned, to be
    /// dropped when nothing is borrowed.
    #[must_use]
    pub(super) fn replace_waker(&mut self, key: Key, waker: Waker) -> Option<Waker> {
        self.get(key).waker.replace(waker)
    }

    fn unlink(&mut self, key: u32) {
        let Node { previous, next, .. } = self.nodes[key as usize];
        match self.nodes.get_mut(previous as usize) {
            None => self.head = next,
            Some(previous) => previous.next = next,
        }
        match self.nodes.get_mut(next as usize) {
            None => self.tail = previous,
            Some(next) => next.previous = previous,
        }
        self.waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Enter,
        CallFront,
        Leave(usize),
    }

    proptest! {
        #![proptest_config(ProptestConfig {
        cases: if cfg!(miri) { 4 } else { 256 },
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
        #[test]
        fn the_line_behaves_like_a_queue_from_which_anybody_may_leave(
            steps in proptest::collection::vec(
                prop_oneof![
                    3 => Just(Step::Enter),
                    1 => Just(Step::CallFront),
                    2 => (0_usize..100).prop_map(Step::Leave),
                ],
                0..200,
            )
        ) {
            let mut list = WaitList::default();
            let mut line: VecDeque<u32> = VecDeque::new();
            let mut futures: Vec<(Key, u32)> = Vec::new();
            for (number, step) in (1..).zip(steps) {
                match step {
                    Step::Enter => {
                        futures.push((list.enter(Waker::noop().clone(), number, 1), number));
                        line.push_back(number);
                    }
                    Step::CallFront => {
                        let called = list.call_front().is_some();
                        prop_assert_eq!(called, line.pop_front().is_some());
                    }
                    Step::Leave(which) if !futures.is_empty() => {
                        let (key, number) = futures.swap_remove(which % futures.len());
                        let waiter = list.leave(key);
                        prop_assert_eq!(waiter.task, number);
                        prop_assert_eq!(waiter.called, !line.contains(&number));
                        line.retain(|other| *other != number);
                    }
                    Step::Leave(_) => {}
                }
                prop_assert_eq!(list.waiting(), line.len());
                for (key, number) in &futures {
                    if let Some(place) = line.iter().position(|other| other == number) {
                        prop_assert_eq!(list.place(*key), place);
                    }
                }
                prop_assert_eq!(list.front().map(|w| w.task), line.front().copied());
            }
        }
    }
}
