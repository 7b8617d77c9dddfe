//! Interned text.

use std::collections::HashMap;
use std::rc::Rc;

/// A table of distinct texts, numbered in the order of their first use. Index 0 is the empty
/// text.
///
/// Texts can be [let go](Self::retain): the others keep their numbers, and none is given twice.
///
/// The map is only ever looked up in, never walked, so its order cannot reach a log.
#[derive(Clone, Debug)]
pub struct Strings {
    /// Those with lower numbers than the rest, each with its number.
    early: Vec<(u32, Rc<str>)>,
    /// The number of the first of the rest.
    base: usize,
    texts: Vec<Rc<str>>,
    index: HashMap<Rc<str>, u32>,
    /// Whoever writes the log has forgotten those below this.
    settled: usize,
}

impl Default for Strings {
    fn default() -> Self {
        Self::new()
    }
}

impl Strings {
    /// A table that holds only the empty text.
    #[must_use]
    pub fn new() -> Self {
        let mut strings = Self {
            early: Vec::new(),
            base: 0,
            texts: Vec::new(),
            index: HashMap::new(),
            settled: 0,
        };
        strings.intern("");
        strings
    }

    /// The index of this text; appended if it is new.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(&index) = self.index.get(text) {
            return index;
        }
        self.push(text)
    }

    /// Appends a text, be it that there is one like it.
    fn push(&mut self, text: &str) -> u32 {
        let index = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let shared: Rc<str> = text.into();
        self.texts.push(Rc::clone(&shared));
        self.index.entry(shared).or_insert(index);
        index
    }

    /// Appends a text under this number, which is not lower than [`len`](Self::len).
    pub(super) fn push_at(&mut self, number: usize, text: &str) {
        if number > self.len() {
            self.move_early();
            self.base = number;
        }
        self.push(text);
    }

    fn move_early(&mut self) {
        let texts = std::mem::take(&mut self.texts);
        // Numbers of texts are 32 bits wide in the binary form.
        self.early.extend((self.base as u32..).zip(texts));
        self.base = self.len();
    }

    /// Lets go of every text but those whose number `keep` says yes to. The empty text stays.
    ///
    /// ```
    /// use wakeline::log::Strings;
    ///
    /// let mut strings = Strings::new();
    /// let (first, second) = (strings.intern("first"), strings.intern("second"));
    /// strings.retain(|number| number == second);
    /// assert_eq!((strings.get(first), strings.get(second)), (None, Some("second")));
    /// assert_eq!(strings.intern("third"), second + 1);
    /// ```
    pub fn retain(&mut self, keep: impl Fn(u32) -> bool) {
        *self = self.only(keep);
        self.settled = self.len();
    }

    /// The number below which a text that nothing under way has is never used again: somebody has
    /// [let go](Self::retain) of it, and gives it another number if it is said once more.
    #[must_use]
    pub fn settled(&self) -> usize {
        self.settled
    }

    pub(super) fn settle(&mut self, number: usize) {
        self.settled = self.settled.max(number.min(self.len()));
    }

    /// The same table without the texts that [`retain`](Self::retain) would let go of. What stays is
    /// shared and not copied.
    #[must_use]
    pub fn only(&self, keep: impl Fn(u32) -> bool) -> Self {
        let early = self.early.iter().map(|(number, text)| (*number, text));
        // Numbers of texts are 32 bits wide in the binary form.
        let all = early.chain((self.base as u32..).zip(&self.texts));
        let mut rest = Self {
            early: Vec::new(),
            base: self.len(),
            texts: Vec::new(),
            index: HashMap::new(),
            settled: self.settled,
        };
        for (number, text) in all.filter(|(number, _)| *number == 0 || keep(*number)) {
            rest.early.push((number, Rc::clone(text)));
            rest.index.entry(Rc::clone(text)).or_insert(number);
        }
        rest
    }

    /// The text with this index; `None` if there is none, or if it was let go.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<&str> {
        match (index as usize).checked_sub(self.base) {
            Some(place) => self.texts.get(place).map(|text| &**text),
            None => {
                let place = self
                    .early
                    .binary_search_by_key(&index, |(number, _)| *number);
                Some(&*self.early[place.ok()?].1)
            }
        }
    }

    /// Number of texts, the empty one and those that were let go included: the number that the
    /// next one gets.
    #[must_use]
    pub fn len(&self) -> usize {
        self.base + self.texts.len()
    }

    /// Never true: the empty text is always there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The texts with numbers from `first` on, in order.
    pub fn iter_from(&self, first: usize) -> impl Iterator<Item = &str> {
        self.numbered_from(first).map(|(_, text)| text)
    }

    /// The texts from `first` on, in order, each with its number.
    pub(super) fn numbered_from(&self, first: usize) -> impl Iterator<Item = (usize, &str)> {
        let early = self
            .early
            .partition_point(|(number, _)| (*number as usize) < first);
        let early = self.early[early..].iter();
        let early = early.map(|(number, text)| (*number as usize, &**text));
        let skipped = first.saturating_sub(self.base);
        let texts = self.texts.iter().enumerate().skip(skipped);
        early.chain(texts.map(|(place, text)| (self.base + place, &**text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_share_an_index_in_order_of_first_use() {
        let mut strings = Strings::new();
        assert_eq!(strings.intern(""), 0);
        assert_eq!(strings.intern("a"), 1);
        assert_eq!(strings.intern("b"), 2);
        assert_eq!(strings.intern("a"), 1);
        assert_eq!(strings.iter_from(1).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn what_stays_keeps_its_number_when_the_rest_is_let_go() {
        let mut strings = Strings::new();
        for number in 1..=6 {
            assert_eq!(strings.intern(&format!("text {number}")), number);
        }
        strings.retain(|number| number % 2 == 0);
        assert_eq!(strings.len(), 7);
        let all = |strings: &Strings| {
            (0..12)
                .map(|n| strings.get(n).is_some())
                .collect::<Vec<_>>()
        };
        let here = |numbers: &[usize]| (0..12).map(|n| numbers.contains(&n)).collect::<Vec<_>>();
        assert_eq!(all(&strings), here(&[0, 2, 4, 6]));
        assert_eq!(strings.intern("text 4"), 4);
        assert_eq!(strings.intern("text 1"), 7, "it has another number now");
        assert_eq!(strings.intern("text 1"), 7);
        strings.push_at(10, "far");
        assert_eq!(all(&strings), here(&[0, 2, 4, 6, 7, 10]));
        let numbered: Vec<_> = strings.numbered_from(4).collect();
        let texts = [(4, "text 4"), (6, "text 6"), (7, "text 1"), (10, "far")];
        assert_eq!(numbered, texts);
        strings.retain(|number| number > 5);
        assert_eq!(all(&strings), here(&[0, 6, 7, 10]));
        assert_eq!(strings.numbered_from(8).collect::<Vec<_>>(), [(10, "far")]);
    }
}
