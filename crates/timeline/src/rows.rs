//! Rows by id, of which the early ones can be few.

use crate::lanes::row as grown_row;

/// What there is about each thing of a kind, by its id, counted from 1.
///
/// Of a log that was condensed, few of the things with low ids are still of interest: these are
/// listed when the rows begin, and the others have no row.
#[derive(Clone, Debug)]
pub(crate) struct Rows<T> {
    early: Vec<(u32, T)>,
    /// The greatest id that is early.
    base: u32,
    rows: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            early: Vec::new(),
            base: 0,
            rows: Vec::new(),
        }
    }
}

impl<T: Default> Rows<T> {
    /// Rows for these ids, in order, and for none else up to `base`.
    pub(crate) fn begin(ids: impl Iterator<Item = u32>, base: u32) -> Self {
        let early: Vec<(u32, T)> = ids.map(|id| (id, T::default())).collect();
        let greatest = early.last().map_or(0, |(id, _)| *id);
        Self {
            early,
            base: base.max(greatest),
            rows: Vec::new(),
        }
    }

    pub(crate) fn get(&self, id: u32) -> Option<&T> {
        if id <= self.base {
            let place = self.early.binary_search_by_key(&id, |(id, _)| *id);
            return Some(&self.early[place.ok()?].1);
        }
        self.rows.get((id - self.base) as usize - 1)
    }

    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        if id <= self.base {
            let place = self.early.binary_search_by_key(&id, |(id, _)| *id);
            return Some(&mut self.early[place.ok()?].1);
        }
        self.rows.get_mut((id - self.base) as usize - 1)
    }

    /// The row of a thing that exists, which has bounded its id; `None` if it was left out.
    pub(crate) fn row(&mut self, id: u32) -> Option<&mut T> {
        let later = id.checked_sub(self.base).and_then(|id| id.checked_sub(1));
        match later {
            Some(place) => Some(grown_row(&mut self.rows, place as usize)),
            None => self.get_mut(id),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.early.iter().map(|(_, row)| row).chain(&self.rows)
    }

    /// Bytes of memory held, without what the rows refer to.
    pub(crate) fn memory(&self) -> usize {
        self.early.capacity() * size_of::<(u32, T)>() + self.rows.capacity() * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn early_rows_are_those_that_were_named_and_later_ones_come_as_they_are_asked_for() {
        let mut rows = Rows::<u32>::begin([2, 7].into_iter(), 9);
        for id in [0, 1, 8, 9] {
            assert_eq!(rows.get(id), None, "{id}");
            assert_eq!(rows.row(id), None, "{id}");
        }
        for id in [2, 7, 12] {
            *rows.row(id).unwrap() = id;
        }
        let found: Vec<_> = (0..15).filter_map(|id| rows.get(id)).copied().collect();
        assert_eq!(found, [2, 7, 0, 0, 12]);
        assert!(rows.iter().eq(&found));
    }
}
