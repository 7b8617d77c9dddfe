//! The choices of a run, to have it again.

use std::fmt::{self, Write};
use std::rc::Rc;
use std::str::FromStr;

use crate::log::{Kind, Log};

/// Which of how many ready tasks was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its place among them, from 0, in the order in which they became ready.
    pub place: u32,
    /// How many they were: at least 2, and more than `place`.
    pub among: u32,
}

/// What is done when there is no recorded choice, or none that fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fallback {
    /// First in, first out.
    #[default]
    Fifo,
    /// Any, by the seed. A run that was random goes on as it would have: a draw is made for each
    /// choice, the recorded ones included.
    Random,
    /// The greatest priority.
    Priority,
}

impl Fallback {
    fn name(self) -> &'static str {
        match self {
            Self::Fifo => "fifo",
            Self::Random => "random",
            Self::Priority => "priority",
        }
    }
}

/// The choices that a run made, in their order, and what is to be done after them.
///
/// A run of the same program, with the same parameters and seed, that is made to choose the same
/// has the same log. Beyond the last choice, or from a choice on that the run does not come to
/// (as many tasks as then are not ready now), the fallback chooses; the latter is a *divergence*,
/// which the log and [`Runtime::divergence`](crate::Runtime::divergence) report.
///
/// The text of choices is for links and command lines: about one letter for each, from the 64 that
/// need no escape in an address, and `:` with the name of the fallback unless that is `fifo`.
///
/// ```
/// use wakeline::{Builder, Choices, Policy, spawn};
///
/// let run = |policy: Policy| {
///     let runtime = Builder::new().seed(7).policy(policy).build();
///     runtime.block_on(async {
///         let tasks: Vec<_> = (0..4).map(|n| spawn(async move { wakeline::println!("{n}") })).collect();
///         for task in tasks {
///             task.await.unwrap();
///         }
///     });
///     let log = runtime.log();
///     (wakeline::log::encode(&log), Choices::of(&log))
/// };
/// let (log, choices) = run(Policy::Random);
/// let text = choices.to_string();
/// assert_eq!(run(Policy::Recorded(text.parse().unwrap())).0, log);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    made: Rc<[Choice]>,
    fallback: Fallback,
}

impl Choices {
    /// These choices, and the fallback `Fifo`.
    ///
    /// # Panics
    /// If one of them is among fewer than 2, or its place is not among them.
    #[must_use]
    pub fn new(made: impl IntoIterator<Item = Choice>) -> Self {
        let made: Rc<[Choice]> = made.into_iter().collect();
        let fits = |choice: &Choice| choice.among >= 2 && choice.place < choice.among;
        assert!(
            made.iter().all(fits),
            "a choice is of one among at least two"
        );
        Self {
            made,
            fallback: Fallback::Fifo,
        }
    }

    /// The choices that a log has. A run under `Fifo` records none.
    #[must_use]
    pub fn of(log: &Log) -> Self {
        let made = log.columns.iter_from(0);
        let made = made.filter(|event| event.kind == Kind::ChoiceMade);
        let choice = |place: u64, among| {
            let place = u32::try_from(place).ok()?;
            (among >= 2 && place < among).then_some(Choice { place, among })
        };
        Self {
            made: made
                // A log from elsewhere may say anything; what is no choice ends the list.
                .map_while(|event| choice(event.value, event.object))
                .collect(),
            fallback: Fallback::Fifo,
        }
    }

    /// The same choices with another fallback.
    #[must_use]
    pub fn then(mut self, fallback: Fallback) -> Self {
        self.fallback = fallback;
        self
    }

    /// The first so many of them: what a fork of a run has in common with it.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        Self {
            made: self.made.iter().take(count).copied().collect(),
            fallback: self.fallback,
        }
    }

    /// What is done when there is no choice, or none that fits.
    #[must_use]
    pub fn fallback(&self) -> Fallback {
        self.fallback
    }

    /// The choices.
    #[must_use]
    pub fn as_slice(&self) -> &[Choice] {
        &self.made
    }
}

// ===== the text =====
//
// Place and number are one number: those of 2 come first (0, 1), then those of 3 (2, 3, 4), and so
// on, so that small choices are small numbers. A number is written in digits of five bits, the
// lowest first; a letter that another one follows has its sixth bit set. Choices among up to seven
// take one letter, those among up to 45 two.

const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const MORE: u64 = 32;

fn number_of(choice: Choice) -> u64 {
    let among = u64::from(choice.among);
    among * (among - 1) / 2 - 1 + u64::from(choice.place)
}

fn choice_of(number: u64) -> Option<Choice> {
    // The greatest `among` whose first number is not beyond this one.
    let first = |among: u64| among * (among - 1) / 2 - 1;
    let mut among = ((2.0 * number as f64).sqrt() as u64).max(2);
    while first(among) > number {
        among -= 1;
    }
    while first(among + 1) <= number {
        among += 1;
    }
    Some(Choice {
        place: u32::try_from(number - first(among)).ok()?,
        among: u32::try_from(among).ok()?,
    })
}

impl fmt::Display for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for choice in &*self.made {
            let mut number = number_of(*choice);
            loop {
                let rest = number / MORE;
                let more = if rest > 0 { MORE } else { 0 };
                let letter = LETTERS[(number % MORE + more) as usize];
                f.write_char(char::from(letter))?;
                if rest == 0 {
                    break;
                }
                number = rest;
            }
        }
        match self.fallback {
            Fallback::Fifo => Ok(()),
            other => write!(f, ":{}", other.name()),
        }
    }
}

impl FromStr for Choices {
    type Err = ParseChoicesError;

    fn from_str(text: &str) -> Result<Self, ParseChoicesError> {
        let (letters, fallback) = match text.split_once(':') {
            None => (text, Fallback::Fifo),
            Some((letters, "fifo")) => (letters, Fallback::Fifo),
            Some((letters, "random")) => (letters, Fallback::Random),
            Some((letters, "priority")) => (letters, Fallback::Priority),
            Some((letters, _)) => {
                return Err(ParseChoicesError {
                    at: letters.chars().count() + 1,
                });
            }
        };
        let mut made = Vec::new();
        let (mut number, mut shift) = (0_u64, 0_u32);
        let mut end = 0;
        for (at, letter) in letters.chars().enumerate() {
            let error = ParseChoicesError { at };
            let is_letter = |known: &u8| char::from(*known) == letter;
            let digit = LETTERS.iter().position(is_letter).ok_or(error.clone())? as u64;
            // Eleven digits hold any choice among 2^27; nothing that comes near that is a run.
            if shift >= 55 {
                return Err(error);
            }
            number |= (digit % MORE) << shift;
            shift += 5;
            if digit < MORE {
                // A last digit of zero would be a second way to write the same number.
                if digit == 0 && shift > 5 {
                    return Err(error);
                }
                made.push(choice_of(number).ok_or(error)?);
                (number, shift) = (0, 0);
            }
            end = at + 1;
        }
        if shift > 0 {
            return Err(ParseChoicesError { at: end });
        }
        Ok(Self {
            made: made.into(),
            fallback,
        })
    }
}

/// The text is not that of choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseChoicesError {
    at: usize,
}

impl ParseChoicesError {
    /// The character, counted from 0, from which on it makes no sense. The number of characters
    /// if the text ends within a choice.
    #[must_use]
    pub fn at(&self) -> usize {
        self.at
    }
}

impl fmt::Display for ParseChoicesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the text of the choices makes no sense at character {}",
            self.at + 1
        )
    }
}

impl std::error::Error for ParseChoicesError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn choices() -> impl Strategy<Value = Choices> {
        let among = prop_oneof![4 => 2..8_u32, 2 => 2..200_u32, 1 => 2..100_000_000_u32];
        let choice =
            among.prop_flat_map(|among| (0..among).prop_map(move |place| Choice { place, among }));
        let fallback = prop_oneof![
            Just(Fallback::Fifo),
            Just(Fallback::Random),
            Just(Fallback::Priority)
        ];
        (proptest::collection::vec(choice, 0..40), fallback)
            .prop_map(|(made, fallback)| Choices::new(made).then(fallback))
    }

    fn config() -> ProptestConfig {
        ProptestConfig {
            cases: if cfg!(miri) { 8 } else { 256 },
            failure_persistence: None,
            ..ProptestConfig::default()
        }
    }

    proptest! {
        #![proptest_config(config())]
        #[test]
        fn a_text_is_read_as_it_was_written(choices in choices()) {
            let text = choices.to_string();
            prop_assert_eq!(text.parse::<Choices>(), Ok(choices));
            prop_assert!(text.bytes().all(|byte| LETTERS.contains(&byte) || byte == b':'
                || byte.is_ascii_lowercase()));
        }

        #[test]
        fn any_text_is_refused_or_is_the_text_of_what_it_means(text in "[A-Za-z0-9_:. -]{0,12}") {
            if let Ok(choices) = text.parse::<Choices>() {
                let plain = text.strip_suffix(":fifo").unwrap_or(&text);
                prop_assert_eq!(choices.to_string(), plain);
            }
        }
    }

    #[test]
    fn a_choice_among_few_takes_one_letter() {
        for among in 2..=7 {
            for place in 0..among {
                let text = Choices::new([Choice { place, among }]).to_string();
                assert_eq!(text.len(), 1, "{place} of {among}");
            }
        }
        let of_eight = Choices::new([Choice { place: 7, among: 8 }]).to_string();
        assert_eq!(of_eight.len(), 2);
    }

    #[test]
    fn a_text_that_makes_no_sense_says_where() {
        for (text, at) in [("A!", 1), ("AAg", 3), ("A:lifo", 2), ("gA", 1), ("é", 0)] {
            assert_eq!(text.parse::<Choices>().unwrap_err().at(), at, "{text}");
        }
    }
}
