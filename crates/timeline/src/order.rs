//! Order by numbers.

/// Sorts numbers, digit by digit of eight bits from the last to the first. Digits that are the same
/// in all of them cost one look. It takes a tenth of the code of a sort for any order.
///
/// ```
/// use wakeline_timeline::sort;
///
/// let mut numbers = [70_000, 3, u64::MAX, 3];
/// sort(&mut numbers);
/// assert_eq!(numbers, [3, 3, 70_000, u64::MAX]);
/// ```
pub fn sort(numbers: &mut [u64]) {
    let mut from = numbers.to_vec();
    for shift in (0..u64::BITS).step_by(8) {
        let digit = |number: u64| (number >> shift) as u8 as usize;
        let mut places = [0_usize; 256];
        for &number in &*numbers {
            places[digit(number)] += 1;
        }
        if numbers
            .first()
            .is_none_or(|&one| places[digit(one)] == numbers.len())
        {
            continue;
        }
        let mut sum = 0;
        for place in &mut places {
            sum += std::mem::replace(place, sum);
        }
        from.copy_from_slice(numbers);
        for &number in &from {
            let place = &mut places[digit(number)];
            numbers[*place] = number;
            *place += 1;
        }
    }
}

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
        sort(&mut sorted);
        // The low half of a sorted number is the rank that it had.
        places = sorted
            .iter()
            .map(|number| places[*number as u32 as usize])
            .collect();
    }
    places
}
