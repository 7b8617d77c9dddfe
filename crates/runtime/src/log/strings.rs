//! Interned text.

use std::collections::HashMap;
use std::rc::Rc;

/// A table of distinct texts, numbered in the order of their first use. Index 0 is the empty
/// text.
///
/// The map is only ever looked up in, never walked, so its order cannot reach a log.
#[derive(Clone, Debug)]
pub struct Strings {
    texts: Vec<Rc<str>>,
    index: HashMap<Rc<str>, u32>,
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
            texts: Vec::new(),
            index: HashMap::new(),
        };
        strings.intern("");
        strings
    }

    /// The index of this text; appended if it is new.
    pub fn intern(&mut self, text: &str) -> u32 {
        if let Some(&index) = self.index.get(text) {
            return index;
        }
        let index = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        let shared: Rc<str> = text.into();
        self.texts.push(Rc::clone(&shared));
        self.index.insert(shared, index);
        index
    }

    /// The text with this index.
    #[must_use]
    pub fn get(&self, index: u32) -> Option<&str> {
        self.texts.get(index as usize).map(|text| &**text)
    }

    /// Number of texts, the empty one included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Never true: the empty text is always there.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }

    /// The texts from `first` on, in order.
    pub fn iter_from(&self, first: usize) -> impl Iterator<Item = &str> {
        self.texts.iter().skip(first).map(|text| &**text)
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
}
