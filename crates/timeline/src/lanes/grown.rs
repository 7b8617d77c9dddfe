//! Tables that grow by a quarter.
//!
//! A lane never shrinks, and there are many: half of the memory for nothing, as a table that doubles
//! has it at worst, would be the greater part of what a log takes.

/// Entries by which a table grows at least; the first ones come all at once.
const LEAST: usize = 4;
/// Entries below which a table doubles, as tables do.
const SMALL: usize = 8;

/// Appends an entry at a constant cost on average.
#[inline]
pub(crate) fn push<T>(table: &mut Vec<T>, entry: T) {
    let len = table.len();
    if len == table.capacity() && len >= SMALL {
        table.reserve_exact(LEAST.max(len / 4));
    }
    table.push(entry);
}

/// The row with this index, with all before it: those that are new are as by default.
pub(crate) fn row<T: Default>(table: &mut Vec<T>, index: usize) -> &mut T {
    while table.len() <= index {
        push(table, T::default());
    }
    &mut table[index]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_there_once_it_is_asked_for() {
        let mut table = vec![7];
        *row(&mut table, 3) = 9;
        *row(&mut table, 0) += 1;
        assert_eq!(table, [8, 0, 0, 9]);
    }

    #[test]
    fn a_table_is_never_much_larger_than_what_is_in_it() {
        let mut table = Vec::new();
        let mut moves = 0;
        for entry in 0..100_000_u32 {
            let before = table.capacity();
            push(&mut table, entry);
            moves += usize::from(table.capacity() != before);
            let least = table.len() * 5 / 4 + SMALL;
            assert!(
                table.capacity() <= least,
                "{} for {}",
                table.capacity(),
                table.len()
            );
        }
        assert!(moves < 60, "{moves}");
        assert!(table.into_iter().eq(0..100_000));
    }
}
