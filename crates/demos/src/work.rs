//! Functions that are called where heavy work is done: on a thread, in a Web Worker.
//!
//! A worker shares nothing with the program, so what it is given is the name of a function and
//! bytes. Whoever stands behind [`Workers`](crate::outside::Workers) looks the name up [here](find).

use std::ops::ControlFlow;

/// A function that does heavy work. It tells how far it has come, in per cent; whoever answers
/// [`Break`](ControlFlow::Break) wants no more of it, and what it returns then does not matter.
pub type Function = fn(&[u8], &mut dyn FnMut(f64) -> ControlFlow<()>) -> Result<Vec<u8>, String>;

/// The function with this name.
#[must_use]
pub fn find(name: &str) -> Option<Function> {
    (name == PRIMES).then_some(primes as Function)
}

/// Counts prime numbers; the input is made by [`Count::encode`], the output is a number of 8 bytes,
/// the least first.
pub(crate) const PRIMES: &str = "primes";

/// How many odd numbers are looked at in a "millisecond" of work. A machine of 2025 needs about
/// that long for them.
const NUMBERS_PER_MS: u64 = 5_000;

/// The first number that is looked at.
const FIRST: u64 = 1_000_001;

/// In how many parts the work is done between which it tells its progress.
const PARTS: u64 = 20;

/// What [`PRIMES`] is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// How much work it is. How long that takes is up to the machine.
    pub(crate) milliseconds: u64,
    /// Whether it fails in the end.
    pub(crate) fails: bool,
}

impl Count {
    /// The bytes for the worker.
    pub(crate) fn encode(self) -> Vec<u8> {
        let mut bytes = self.milliseconds.to_le_bytes().to_vec();
        bytes.push(u8::from(self.fails));
        bytes
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (milliseconds, rest) = bytes.split_first_chunk()?;
        let [fails] = rest else { return None };
        Some(Self {
            milliseconds: u64::from_le_bytes(*milliseconds),
            fails: *fails != 0,
        })
    }
}

/// The number in the output of [`PRIMES`].
pub(crate) fn number(output: &[u8]) -> Option<u64> {
    output.try_into().ok().map(u64::from_le_bytes)
}

fn primes(
    input: &[u8],
    progress: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Vec<u8>, String> {
    let count = Count::decode(input).ok_or("not a job for this worker")?;
    let numbers = count.milliseconds.saturating_mul(NUMBERS_PER_MS);
    let (mut found, mut begun) = (0_u64, 0);
    for part in 1..=PARTS {
        let end = numbers / PARTS * part + numbers % PARTS * part / PARTS;
        let candidates = (begun..end).map(|place| FIRST.saturating_add(place * 2));
        found += candidates.filter(|number| is_prime(*number)).count() as u64;
        begun = end;
        if progress(part as f64 * 100.0 / PARTS as f64).is_break() {
            return Err("stopped".to_owned());
        }
    }
    match count.fails {
        true => Err("it had no luck".to_owned()),
        false => Ok(found.to_le_bytes().to_vec()),
    }
}

/// Whether an odd number greater than 1 is prime.
fn is_prime(number: u64) -> bool {
    let divisors = (3..).step_by(2);
    let mut possible = divisors.take_while(|divisor| divisor * divisor <= number);
    !possible.any(|divisor| number.is_multiple_of(divisor))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn go_on(_: f64) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn count(milliseconds: u64) -> Count {
        Count {
            milliseconds,
            fails: false,
        }
    }

    #[test]
    fn primes_are_counted() {
        let function = find(PRIMES).unwrap();
        let found = |milliseconds| {
            let output = function(&count(milliseconds).encode(), &mut go_on).unwrap();
            number(&output).unwrap()
        };
        // Between 1,000,000 and 1,010,000 there are 753 primes; up to 1,100,000, 7,216.
        assert_eq!(found(1), 753);
        assert_eq!(found(10), 7_216);
        assert_eq!(found(0), 0);
        assert!(find("no such function").is_none());
    }

    #[test]
    fn progress_comes_in_even_parts_up_to_all() {
        let mut seen = Vec::new();
        let mut note = |percent| {
            seen.push(percent);
            ControlFlow::Continue(())
        };
        primes(&count(1).encode(), &mut note).unwrap();
        assert_eq!(seen.len(), 20);
        assert_eq!((seen[0], seen[19]), (5.0, 100.0));
    }

    #[test]
    fn it_stops_when_nobody_wants_it_any_more() {
        let mut told = 0;
        let mut stop = |_| {
            told += 1;
            ControlFlow::Break(())
        };
        primes(&count(1).encode(), &mut stop).unwrap_err();
        assert_eq!(told, 1);
    }

    #[test]
    fn a_failure_and_a_wrong_input_are_errors() {
        let fails = Count {
            fails: true,
            ..count(0)
        };
        assert_eq!(Count::decode(&fails.encode()), Some(fails));
        assert!(primes(&fails.encode(), &mut go_on).is_err());
        assert!(primes(&[1, 2], &mut go_on).is_err());
        assert!(primes(&[0; 10], &mut go_on).is_err());
    }
}
