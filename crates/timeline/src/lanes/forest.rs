//! Levels of detail over items that begin one after the other.
//!
//! Imagine the axis cut into buckets of 1, 4, 16, … units. Whenever an item begins beyond the
//! bucket of the item before it, that bucket and the larger ones that end with it are closed:
//! nothing can ever begin in them again. A closed bucket that holds enough items gets a [`Node`]
//! with a summary of them; one that holds the very items of a smaller bucket needs none of its
//! own. So the number of nodes is a fraction of the number of items, however the items are
//! spread: long empty stretches cost nothing.
//!
//! Nodes stand in the order in which they were closed, the smaller before the larger that
//! contains it, each with the number of nodes inside of it. A walk from right to left meets the
//! largest node first and either takes its summary and skips what is inside, or steps into it.
//! To draw, a node is taken when all of its items begin in the same pixel: the picture is exactly
//! the one that all the items would give, at a cost that depends on the pixels.

use super::grown::push;
use crate::axis::Grid;

/// A bucket with fewer items than this gets no node.
pub(super) const LEAST: usize = 16;

/// What many items come to.
pub(crate) trait Summary: Copy {
    /// The summary of these items and of others that follow them.
    fn join(self, later: Self) -> Self;
}

/// The items of a closed bucket.
#[derive(Clone, Copy, Debug)]
struct Node<S> {
    /// The first item.
    first: u32,
    /// The item after the last.
    end: u32,
    /// Number of nodes from the first inside of it to itself.
    nodes: u32,
    summary: S,
}

/// What a [`Forest`] must know of the items it stands over.
pub(crate) trait Items<S> {
    /// Number of items.
    fn len(&self) -> usize;
    /// The position at which an item begins; never before that of the item before it.
    fn start(&self, index: usize) -> u64;
    /// A number that grows with the position, to be compared with an edge.
    fn key(&self, index: usize) -> u64;
    /// The key from which on an item begins in a pixel of a view or to the right of it.
    fn edge(&self, view: &Grid, pixel: i64) -> u64;
    /// The summary of one item, once the next has begun.
    fn summary(&self, index: usize) -> S;
}

/// Nodes over a growing sequence of items.
#[derive(Clone, Debug)]
pub(crate) struct Forest<S> {
    nodes: Vec<Node<S>>,
}

impl<S> Default for Forest<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S> Forest<S> {
    /// Over no items.
    pub(crate) const fn new() -> Self {
        Self { nodes: Vec::new() }
    }
}

/// The smallest level at which two positions lie in the same bucket; a bucket of level `n` is
/// `4^n` wide.
fn common_level(a: u64, b: u64) -> u32 {
    (u64::BITS - (a ^ b).leading_zeros()).div_ceil(2)
}

impl<S: Summary> Forest<S> {
    /// Bytes of memory held.
    pub(crate) fn memory(&self) -> usize {
        self.nodes.capacity() * size_of::<Node<S>>()
    }

    /// Closes the buckets that end with the last item, given where the item that follows begins.
    /// To be called before each item but the first is added.
    #[inline]
    pub(crate) fn close(&mut self, items: &impl Items<S>, next: u64) {
        let Some(last) = items.len().checked_sub(1) else {
            return;
        };
        let start = items.start(last);
        // Buckets of this level and above contain both.
        let open = common_level(start, next);
        if open == 0 || last == 0 {
            return;
        }
        self.close_below(items, last, start, open);
    }

    fn close_below(&mut self, items: &impl Items<S>, last: usize, start: u64, open: u32) {
        let mut nodes = self.nodes.len();
        let mut first = last;
        let mut summary: Option<S> = None;
        while first > 0 {
            let level = common_level(items.start(first - 1), start);
            if level >= open {
                break;
            }
            // Everything before that begins in the bucket of this level belongs to it.
            while first > 0 && common_level(items.start(first - 1), start) <= level {
                let inside = nodes.checked_sub(1).map(|at| &self.nodes[at]);
                let (from, earlier) = match inside {
                    Some(node) if node.end as usize == first => {
                        nodes -= node.nodes as usize;
                        (node.first as usize, node.summary)
                    }
                    _ => (first - 1, items.summary(first - 1)),
                };
                let later = summary.unwrap_or_else(|| items.summary(last));
                summary = Some(earlier.join(later));
                first = from;
            }
            if let Some(summary) = summary
                && last + 1 - first >= LEAST
            {
                let node = Node {
                    first: first as u32,
                    end: last as u32 + 1,
                    nodes: (self.nodes.len() + 1 - nodes) as u32,
                    summary,
                };
                push(&mut self.nodes, node);
            }
        }
    }

    /// Walks over the items of a view from right to left, a pixel at a time. `draw` is called with
    /// the first and the last of the items that begin in the same pixel, the number of that pixel
    /// (negative to the left of the view), where the last of them begins, and the summary of all
    /// of them if they are several. All but the last also end in that pixel; how far the last one
    /// reaches is for the caller to find out. Of the items to the left of the view only the last is
    /// drawn: no other can reach in.
    pub(crate) fn walk(
        &self,
        items: &impl Items<S>,
        view: &Grid,
        mut draw: impl FnMut(usize, usize, i64, u64, Option<S>),
    ) {
        let beyond = items.edge(view, view.pixels);
        let past = first_not(items.len(), |index| items.key(index) < beyond);
        let mut nodes = self.nodes.partition_point(|node| node.end as usize <= past);
        let mut end = past;
        while let Some(last) = end.checked_sub(1) {
            let start = items.start(last);
            let pixel = view.pixel(start);
            if pixel < 0 {
                draw(last, last, pixel, start, None);
                return;
            }
            // One look at the viewport for each pixel: the rest compares whole numbers.
            let edge = items.edge(view, pixel);
            let mut summary: Option<S> = None;
            while end > 0 {
                let (first, node) = match nodes.checked_sub(1).map(|at| &self.nodes[at]) {
                    Some(node) if node.end as usize == end => {
                        if items.key(node.first as usize) < edge {
                            // Some of them begin further left: a look inside.
                            nodes -= 1;
                            continue;
                        }
                        nodes -= node.nodes as usize;
                        (node.first as usize, Some(node.summary))
                    }
                    _ if items.key(end - 1) < edge => break,
                    _ => (end - 1, None),
                };
                // Most pixels have one item, of which no summary is wanted.
                summary = if end > last {
                    node
                } else {
                    let later = summary.unwrap_or_else(|| items.summary(last));
                    let earlier = node.unwrap_or_else(|| items.summary(first));
                    Some(earlier.join(later))
                };
                end = first;
            }
            // The last item begins in its own pixel.
            if end > last {
                return;
            }
            draw(end, last, pixel, start, summary);
        }
    }

    /// The last item before `end` whose summary is wanted; `None` if there is none from `from`
    /// on. A summary is wanted if that of any of its items is.
    pub(crate) fn last_before(
        &self,
        items: &impl Items<S>,
        from: usize,
        mut end: usize,
        wanted: impl Fn(S) -> bool,
    ) -> Option<usize> {
        let mut nodes = self.nodes.partition_point(|node| node.end as usize <= end);
        while end > from {
            if let Some(node) = nodes.checked_sub(1).map(|at| &self.nodes[at])
                && node.end as usize == end
            {
                if wanted(node.summary) {
                    nodes -= 1;
                } else {
                    nodes -= node.nodes as usize;
                    end = node.first as usize;
                }
                continue;
            }
            end -= 1;
            if wanted(items.summary(end)) {
                return Some(end);
            }
        }
        None
    }
}

/// The first index for which a predicate that is true up to some point is false.
pub(crate) fn first_not(len: usize, predicate: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, len);
    while low < high {
        let middle = low + (high - low) / 2;
        if predicate(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}
