//! Order by numbers.

/// The places `0..len` in the order of the keys of what stands there: by the first key, those for
/// which it is equal by the next, and otherwise as they are.
///
/// A sort is code of its own for every type that is sorted, some thousand bytes each time. What
/// is loaded by a browser sorts numbers, and those here.
///
/// ```
/// use wakeline_timeline::order;
///
/// let names = ["b", "a", "b"];
/// let sizes = [2, 9, 1];
/// let letter = |at: usize| u32::from(names[at].as_bytes()[0]);
/// assert_eq!(order(3, &[&letter, &|at| sizes[at]]), [1, 2, 0]);
/// ```
#[must_use]
pub fn order(len: usize, keys: &[&dyn Fn(usize) -> u32]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    let mut sorted: Vec<u64> = Vec::with_capacity(len);
    // The last key first: what is in its order stays in it where the key before is equal.
    for key in keys.iter().rev() {
        sorted.clear();
        let key = |(rank, at): (u64, &usize)| u64::from(key(*at)) << 32 | rank;
        sorted.extend((0..).zip(&places).map(key));
        sorted.sort_unstable();
        // The low half of a sorted number is the rank that it had.
        places = sorted
            .iter()
            .map(|number| places[*number as u32 as usize])
            .collect();
    }
    places
}
