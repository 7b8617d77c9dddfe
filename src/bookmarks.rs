//! Steps of a run that a reader wants to find again.

use std::fmt;
use std::str::FromStr;

/// How many there can be: they stand in the link.
const MOST: usize = 12;

/// A few steps, in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bookmarks {
    /// The first `count` of them, in order.
    steps: [u32; MOST],
    count: usize,
}

impl Bookmarks {
    /// The steps, in order.
    #[must_use]
    pub fn steps(&self) -> &[u32] {
        &self.steps[..self.count]
    }

    /// With a bookmark at this step if there was none, without it if there was one. Where there
    /// is no room for another, the nearest moves there.
    #[must_use]
    pub fn toggled(mut self, step: u32) -> Self {
        if let Some(place) = self.steps().iter().position(|&other| other == step) {
            self.steps.copy_within(place + 1..self.count, place);
            self.count -= 1;
            return self;
        }
        if self.count < MOST {
            let place = self.steps().partition_point(|&other| other < step);
            self.steps.copy_within(place..self.count, place + 1);
            self.steps[place] = step;
            self.count += 1;
            return self;
        }
        let nearest = {
            let distance = |&place: &usize| self.steps[place].abs_diff(step);
            (0..MOST).min_by_key(distance).unwrap_or(0)
        };
        // What moves to the nearest place stands in order there.
        self.steps[nearest] = step;
        self
    }

    /// The next bookmark after a step; after the last comes the first.
    #[must_use]
    pub fn next(&self, step: u32) -> Option<u32> {
        let steps = self.steps();
        let after = steps.iter().find(|&&other| other > step);
        after.or(steps.first()).copied()
    }

    /// The bookmark before a step; before the first comes the last.
    #[must_use]
    pub fn previous(&self, step: u32) -> Option<u32> {
        let steps = self.steps();
        let before = steps.iter().rfind(|&&other| other < step);
        before.or(steps.last()).copied()
    }
}

/// As it stands in a link: `3.40.77`.
impl fmt::Display for Bookmarks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, step) in self.steps().iter().enumerate() {
            let point = if place == 0 { "" } else { "." };
            write!(f, "{point}{step}")?;
        }
        Ok(())
    }
}

/// Text that is no list of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoBookmarks;

impl FromStr for Bookmarks {
    type Err = NoBookmarks;

    fn from_str(text: &str) -> Result<Self, NoBookmarks> {
        let mut all = Self::default();
        for step in text.split('.') {
            all = all.toggled(step.parse().map_err(|_| NoBookmarks)?);
        }
        // A link has one form: in order, none twice, no more than there is room for.
        if all.to_string() == text {
            Ok(all)
        } else {
            Err(NoBookmarks)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bookmark_is_set_and_taken_away_by_the_same_key() {
        let set = Bookmarks::default().toggled(40).toggled(3).toggled(77);
        assert_eq!(set.steps(), [3, 40, 77]);
        assert_eq!(set.toggled(40).steps(), [3, 77]);
        assert_eq!(set.toggled(40).toggled(40), set);
    }

    #[test]
    fn jumping_goes_round() {
        let set = Bookmarks::default().toggled(3).toggled(40);
        assert_eq!(set.next(3), Some(40));
        assert_eq!(set.next(40), Some(3));
        assert_eq!(set.previous(40), Some(3));
        assert_eq!(set.previous(0), Some(40));
        assert_eq!(Bookmarks::default().next(0), None);
    }

    #[test]
    fn without_room_the_nearest_moves() {
        let full = (0..12).fold(Bookmarks::default(), |set, n| set.toggled(n * 10));
        let moved = full.toggled(52);
        assert_eq!(moved.steps().len(), 12);
        assert!(moved.steps().contains(&52) && !moved.steps().contains(&50));
        assert!(moved.steps().is_sorted());
    }

    #[test]
    fn bookmarks_survive_their_text_and_other_text_is_none() {
        let set = Bookmarks::default().toggled(7).toggled(4_000_000_000);
        assert_eq!(set.to_string().parse(), Ok(set));
        for text in [
            "",
            "x",
            "7.",
            "9.7",
            "7.7",
            "-1",
            "07",
            "1.2.3.4.5.6.7.8.9.10.11.12.13",
        ] {
            assert_eq!(text.parse::<Bookmarks>(), Err(NoBookmarks), "{text:?}");
        }
    }
}
