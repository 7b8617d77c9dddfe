//! Where a text stands in another.

/// The first place of a text in another, in bytes.
///
/// That of the standard library is made for long texts. Those of a page are short, and this is a
/// twentieth of its size.
#[must_use]
pub fn find(text: &str, part: &str) -> Option<usize> {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    let last = text.len().checked_sub(part.len())?;
    (0..=last).find(|&at| text[at..].starts_with(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_is_found() {
        for (text, part) in [
            ("", ""),
            ("abc", ""),
            ("", "a"),
            ("aab", "ab"),
            ("ab", "abc"),
            ("任务的锁", "锁"),
            ("one two one", "one"),
            ("x\"#y", "\"#"),
        ] {
            assert_eq!(find(text, part), text.find(part), "{part} in {text}");
        }
    }
}
