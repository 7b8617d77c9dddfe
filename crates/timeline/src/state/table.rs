//! A table by id that is cheap to copy.

use std::fmt;
use std::rc::Rc;

/// Rows in one page.
const PAGE: usize = 8;
/// Pages in one branch, so that a copy of a table touches few counters.
const BRANCH: usize = 64;

type Page<T> = Option<Rc<[Option<T>; PAGE]>>;
type Branch<T> = Rc<Vec<Page<T>>>;

/// Rows by id, counted from 1, in pages that copies of the table share until they write to them.
///
/// Ids of an honest log are counters. The caller bounds those of a log that is not, so that a
/// wild id cannot make the table large.
#[derive(Clone)]
pub(crate) struct Table<T> {
    branches: Vec<Branch<T>>,
    len: usize,
    /// Bytes of pages that were copied because another table shares them.
    copied: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            branches: Vec::new(),
            len: 0,
            copied: 0,
        }
    }
}

/// Branch, page and row of an id; `None` for 0.
fn place(id: u32) -> Option<(usize, usize, usize)> {
    let index = (id as usize).checked_sub(1)?;
    let page = index / PAGE;
    Some((page / BRANCH, page % BRANCH, index % PAGE))
}

impl<T: Clone> Table<T> {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Bytes that were copied since this was asked last, because a copy of the table shared them:
    /// what the copy costs in memory.
    pub(crate) fn take_copied(&mut self) -> usize {
        std::mem::take(&mut self.copied)
    }

    /// Bytes of memory that the rows are in.
    pub(crate) fn memory(&self) -> usize {
        let branch = |branch: &Branch<T>| {
            let pages = branch.iter().flatten().count();
            pages * size_of::<[Option<T>; PAGE]>() + branch.capacity() * size_of::<Page<T>>()
        };
        self.branches.iter().map(branch).sum()
    }

    /// Bytes of pages that this table does not share with another one.
    pub(crate) fn apart_from(&self, other: &Self) -> usize {
        let mut bytes = 0;
        for (at, branch) in self.branches.iter().enumerate() {
            let beside = other.branches.get(at);
            if beside.is_some_and(|beside| Rc::ptr_eq(branch, beside)) {
                continue;
            }
            bytes += size_of::<[Page<T>; BRANCH]>();
            for (at, page) in branch.iter().enumerate() {
                let beside = beside.and_then(|beside| beside.get(at));
                let shared = match (page, beside) {
                    (Some(page), Some(Some(beside))) => Rc::ptr_eq(page, beside),
                    (page, _) => page.is_none(),
                };
                bytes += usize::from(!shared) * size_of::<[Option<T>; PAGE]>();
            }
        }
        bytes
    }

    pub(crate) fn get(&self, id: u32) -> Option<&T> {
        let (branch, page, row) = place(id)?;
        let page = self.branches.get(branch)?.get(page)?.as_ref()?;
        page.get(row)?.as_ref()
    }

    /// The row for writing. Whoever asks for it pays for a copy of a shared page.
    pub(crate) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        self.get(id)?;
        let (branch, page, row) = place(id)?;
        let branch = self.branches.get_mut(branch)?;
        if Rc::strong_count(branch) > 1 {
            self.copied += size_of::<[Page<T>; BRANCH]>();
        }
        let page = Rc::make_mut(branch).get_mut(page)?.as_mut()?;
        if Rc::strong_count(page) > 1 {
            self.copied += size_of::<[Option<T>; PAGE]>();
        }
        Rc::make_mut(page).get_mut(row)?.as_mut()
    }

    /// Adds a row; false if there is one already, or if the id is 0.
    pub(crate) fn insert(&mut self, id: u32, row: T) -> bool {
        let Some((branch, page, at)) = place(id).filter(|_| self.get(id).is_none()) else {
            return false;
        };
        if self.branches.len() <= branch {
            // All of those that are empty are the same one.
            self.branches.resize(branch + 1, Rc::default());
        }
        let pages = Rc::make_mut(&mut self.branches[branch]);
        if pages.len() <= page {
            pages.resize(page + 1, None);
        }
        let empty = || Rc::new(std::array::from_fn(|_| None));
        Rc::make_mut(pages[page].get_or_insert_with(empty))[at] = Some(row);
        self.len += 1;
        true
    }

    /// The rows in the order of their ids.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + '_ {
        self.branches
            .iter()
            .flat_map(|branch| branch.iter().flatten())
            .flat_map(|page| page.iter().flatten())
    }
}

impl<T: Clone + PartialEq> PartialEq for Table<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<T: Clone + fmt::Debug> fmt::Debug for Table<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_by_id_and_a_copy_keeps_its_own() {
        let mut table = Table::default();
        for id in [1, 2, 17, 4_000] {
            assert!(table.insert(id, id * 10));
        }
        assert!(!table.insert(17, 0), "there is one already");
        assert!(!table.insert(0, 0), "no row has the id 0");
        let copy = table.clone();
        if let Some(row) = table.get_mut(17) {
            *row = 5;
        }
        assert_eq!(
            table.iter().copied().collect::<Vec<_>>(),
            [10, 20, 5, 40_000]
        );
        assert_eq!(
            copy.iter().copied().collect::<Vec<_>>(),
            [10, 20, 170, 40_000]
        );
        assert_eq!((copy.len(), copy.get(3), copy.get(9_000)), (4, None, None));
        assert_eq!(table.get_mut(3), None);
        assert!(
            table.take_copied() > 0,
            "the copy shared what was written to"
        );
        assert_eq!(table.take_copied(), 0);
        // One page of three, in one branch of two.
        let (page, branch) = (
            size_of::<[Option<u32>; PAGE]>(),
            size_of::<[Page<u32>; BRANCH]>(),
        );
        assert_eq!(table.apart_from(&copy), page + branch);
        assert_eq!(copy.apart_from(&copy.clone()), 0);
    }
}
