//! Sets of numbers.

/// Numbers of 32 bits, each once. Of many that come in any order, mostly the same ones over and
/// over.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    /// As wide as what is sorted elsewhere.
    all: Vec<u64>,
    /// How many of them are in order, each once.
    sorted: usize,
}

/// How many may wait to be put in order.
const MOST: usize = 1 << 16;

impl Numbers {
    pub(crate) fn insert(&mut self, number: u32) {
        self.all.push(number.into());
        if self.all.len() > MOST + 2 * self.sorted {
            self.settle();
        }
    }

    pub(crate) fn extend(&mut self, numbers: &[u32]) {
        numbers.iter().for_each(|number| self.insert(*number));
    }

    /// Puts them in order. To be called before anybody asks.
    pub(crate) fn settle(&mut self) {
        self.all.sort_unstable();
        self.all.dedup();
        self.sorted = self.all.len();
    }

    pub(crate) fn contains(&self, number: u32) -> bool {
        self.all[..self.sorted]
            .binary_search(&number.into())
            .is_ok()
    }

    /// The numbers that are in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        // They were as wide before.
        self.all[..self.sorted].iter().map(|number| *number as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_number_is_there_once() {
        let mut numbers = Numbers::default();
        for number in 0..200_000_u32 {
            numbers.insert(number.wrapping_mul(7_919) % 1_000 * 3);
        }
        assert!(numbers.all.len() <= MOST + 2_001, "{}", numbers.all.len());
        numbers.settle();
        assert!(numbers.iter().eq((0..1_000).map(|number| number * 3)));
        assert!(numbers.contains(2_997) && !numbers.contains(2_998));
    }
}
