//! Rows by id that take the memory of what is there, wherever the ids are.

use std::collections::BTreeMap;

/// Rows that lie side by side.
const PAGE: u32 = 16;

/// A row for each thing of a kind, by its id. Of a log that was condensed few ids are left, and
/// they may be great.
#[derive(Clone, Debug)]
pub(crate) struct Sparse<T> {
    /// Where the rows of a page begin.
    pages: BTreeMap<u32, usize>,
    rows: Vec<T>,
}

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self {
            pages: BTreeMap::new(),
            rows: Vec::new(),
        }
    }
}

impl<T: Default> Sparse<T> {
    /// The row of an id, made if it is new.
    pub(crate) fn row(&mut self, id: u32) -> &mut T {
        let end = self.rows.len();
        let begin = begin(&mut self.pages, id, end);
        if begin == end {
            self.rows.resize_with(end + PAGE as usize, T::default);
        }
        &mut self.rows[begin + (id % PAGE) as usize]
    }

    pub(crate) fn get(&self, id: u32) -> Option<&T> {
        let begin = self.pages.get(&(id / PAGE))?;
        self.rows.get(begin + (id % PAGE) as usize)
    }

    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        let begin = self.pages.get(&(id / PAGE))?;
        self.rows.get_mut(begin + (id % PAGE) as usize)
    }

    /// The rows in the order of their ids; some were never asked for.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        self.pages.iter().flat_map(|(page, begin)| {
            let rows = &self.rows[*begin..*begin + PAGE as usize];
            (page * PAGE..=page * PAGE + (PAGE - 1)).zip(rows)
        })
    }
}

/// Where the rows of an id's page begin: at `end` if it is new.
fn begin(pages: &mut BTreeMap<u32, usize>, id: u32, end: usize) -> usize {
    *pages.entry(id / PAGE).or_insert(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_id_and_come_in_order() {
        let mut rows = Sparse::<u32>::default();
        for id in [u32::MAX, 5, 1_000_000, 6] {
            *rows.row(id) = id;
        }
        assert_eq!(
            (rows.get(5), rows.get(7), rows.get(77)),
            (Some(&5), Some(&0), None)
        );
        let found: Vec<_> = rows.iter().filter(|(_, row)| **row > 0).collect();
        let expected = [
            (5, &5),
            (6, &6),
            (1_000_000, &1_000_000),
            (u32::MAX, &u32::MAX),
        ];
        assert_eq!(found, expected);
        assert_eq!(rows.pages.len(), 3);
    }
}
