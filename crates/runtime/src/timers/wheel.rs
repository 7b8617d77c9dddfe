//! Entries by deadline and then by number: a radix wheel, and a small heap for what comes late.
//!
//! The wheel has a level for every base-64 digit of a deadline in nanoseconds. An entry lies on
//! the level of the highest digit in which its deadline differs from `base`, in the bucket of its
//! own digit there. So to enter is one push, whatever the number of entries, and an entry moves
//! down a level only if many are in its bucket when their time comes:
//!
//! 1. Every entry of the wheel is at or after `base`; those of `batch`, the bucket that was taken
//!    out last, are not after it, and those of `late`, which came when `base` had passed them,
//!    are before it. One of equal deadline in the wheel is younger. So batch and heap always go
//!    first.
//! 2. The entries of a level come before all those of higher levels, and the buckets of a level
//!    are in order.
//! 3. `base` moves only when a bucket whose range has begun is taken out. If it has few entries
//!    they are sorted and become the batch, and `base` goes to the end of its range; otherwise they are spread over the levels below, and `base` goes to its beginning. Either
//!    way the digits of `base` above that level stay, so all other entries lie right.
//!
//! Why not a heap alone: with 100,000 timers each step of it misses the cache, and most timers
//! are limits that never come due. Why a heap beside the batch: whoever arms many timers before
//! `base` would move all of a sorted vector for each.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Bits of a digit.
const DIGIT: u32 = 6;
const BUCKETS: usize = 1 << DIGIT;
const LEVELS: usize = (u64::BITS as usize).div_ceil(DIGIT as usize);
/// A bucket with so many entries is sorted rather than spread.
const FEW: usize = 64;

/// Ordered by deadline, then by the number, which counts armings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) deadline: u64,
    pub(super) id: u32,
    pub(super) slot: u32,
}

#[derive(Debug)]
struct Level {
    /// A bit for each bucket that is not empty.
    occupied: u64,
    buckets: [Vec<Entry>; BUCKETS],
}

#[derive(Debug, Default)]
pub(super) struct Wheel {
    base: u64,
    /// The last comes first.
    batch: Vec<Entry>,
    late: BinaryHeap<Reverse<Entry>>,
    /// Made when they are first used: a program touches few.
    levels: [Option<Box<Level>>; LEVELS],
    stored: usize,
}

impl Wheel {
    /// How many entries there are, the dead included.
    pub(super) fn stored(&self) -> usize {
        self.stored
    }

    #[inline]
    pub(super) fn insert(&mut self, entry: Entry) {
        self.stored += 1;
        if entry.deadline < self.base {
            self.late.push(Reverse(entry));
        } else {
            self.place(entry);
        }
    }

    fn place(&mut self, entry: Entry) {
        let different = entry.deadline ^ self.base;
        let level = different.checked_ilog2().map_or(0, |bit| bit / DIGIT);
        let digit = (entry.deadline >> (level * DIGIT)) as usize % BUCKETS;
        let level = self.levels[level as usize].get_or_insert_with(|| {
            Box::new(Level {
                occupied: 0,
                buckets: [const { Vec::new() }; BUCKETS],
            })
        });
        level.occupied |= 1 << digit;
        level.buckets[digit].push(entry);
    }

    /// Takes the first living entry whose deadline is not after `now`.
    pub(super) fn pop_due(&mut self, now: u64, lives: impl Fn(&Entry) -> bool) -> Option<Entry> {
        loop {
            while let Some(entry) = self.first() {
                let living = lives(&entry);
                if living && entry.deadline > now {
                    return None;
                }
                self.drop_first();
                if living {
                    return Some(entry);
                }
            }
            let (level, digit) = self.lowest()?;
            if self.begin_of(level, digit) > now {
                return None;
            }
            self.take_bucket(level, digit);
        }
    }

    /// The earliest deadline of a living entry. With `exactly` false, a moment at which it makes
    /// sense to ask again may come in place of one that takes long to find.
    pub(super) fn next_deadline(
        &mut self,
        exactly: bool,
        lives: impl Fn(&Entry) -> bool,
    ) -> Option<u64> {
        while let Some(entry) = self.first() {
            if lives(&entry) {
                return Some(entry.deadline);
            }
            self.drop_first();
        }
        loop {
            let (level, digit) = self.lowest()?;
            let begin = self.begin_of(level, digit);
            let bucket = &mut self.levels[level].as_mut()?.buckets[digit];
            if !exactly && bucket.len() > FEW && begin > self.base {
                return Some(begin);
            }
            let before = bucket.len();
            bucket.retain(&lives);
            self.stored -= before - bucket.len();
            if let Some(first) = bucket.iter().map(|entry| entry.deadline).min() {
                return Some(first);
            }
            self.empty(level, digit);
        }
    }

    /// Drops the dead.
    pub(super) fn sweep(&mut self, lives: impl Fn(&Entry) -> bool) {
        self.batch.retain(&lives);
        self.late.retain(|Reverse(entry)| lives(entry));
        let mut stored = self.batch.len() + self.late.len();
        for level in self.levels.iter_mut().flatten() {
            let mut left = level.occupied;
            while left != 0 {
                let digit = left.trailing_zeros() as usize;
                left &= left - 1;
                let bucket = &mut level.buckets[digit];
                bucket.retain(&lives);
                stored += bucket.len();
                if bucket.is_empty() {
                    if bucket.capacity() > FEW {
                        *bucket = Vec::new();
                    }
                    level.occupied &= !(1 << digit);
                }
            }
        }
        self.stored = stored;
    }

    /// The first of batch and heap.
    #[inline]
    fn first(&self) -> Option<Entry> {
        match (self.batch.last(), self.late.peek()) {
            (Some(entry), None) => Some(*entry),
            (Some(entry), Some(Reverse(late))) => Some(*entry.min(late)),
            (None, late) => late.map(|Reverse(late)| *late),
        }
    }

    /// Takes what [`first`](Self::first) says.
    #[inline]
    fn drop_first(&mut self) {
        self.stored -= 1;
        match (self.batch.last(), self.late.peek()) {
            (Some(entry), Some(Reverse(late))) if late < entry => drop(self.late.pop()),
            (Some(_), _) => drop(self.batch.pop()),
            (None, _) => drop(self.late.pop()),
        }
    }

    /// The first bucket that is not empty.
    fn lowest(&self) -> Option<(usize, usize)> {
        self.levels.iter().enumerate().find_map(|(number, level)| {
            let level = level.as_ref().filter(|level| level.occupied != 0)?;
            Some((number, level.occupied.trailing_zeros() as usize))
        })
    }

    /// The first moment of a bucket's range.
    fn begin_of(&self, level: usize, digit: usize) -> u64 {
        let shift = level as u32 * DIGIT;
        let above = self
            .base
            .checked_shr(shift + DIGIT)
            .map_or(0, |digits| digits << (shift + DIGIT));
        above | (digit as u64) << shift
    }

    fn empty(&mut self, level: usize, digit: usize) -> Vec<Entry> {
        match &mut self.levels[level] {
            Some(level) => {
                level.occupied &= !(1 << digit);
                std::mem::take(&mut level.buckets[digit])
            }
            None => Vec::new(),
        }
    }

    /// Takes out the first bucket (3.). The dead go along: to tell takes a look at every slot.
    fn take_bucket(&mut self, level: usize, digit: usize) {
        let begin = self.begin_of(level, digit);
        let mut bucket = self.empty(level, digit);
        if level == 0 || bucket.len() <= FEW {
            self.base = begin | ((1 << (level as u32 * DIGIT)) - 1);
            debug_assert!(self.batch.is_empty() && self.late.is_empty());
            bucket.sort_unstable_by(|a, b| b.cmp(a));
            self.batch.append(&mut bucket);
        } else {
            self.base = begin;
            for entry in bucket.drain(..) {
                self.place(entry);
            }
        }
        // What a small bucket once took it will take again; what a large one took is given back.
        if bucket.capacity() <= FEW
            && let Some(level) = &mut self.levels[level]
        {
            level.buckets[digit] = bucket;
        }
    }
}
