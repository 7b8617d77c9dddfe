//! One line of JSON: an object whose fields are numbers and texts.

use std::borrow::Cow;

/// How deep objects and arrays may lie in each other where they are passed over.
const DEEPEST: usize = 64;

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Field<'a> {
    Number(u64),
    Text(Cow<'a, str>),
    /// Anything else, which no field of a log is.
    Other,
}

/// Reads an object and gives each of its fields to `take`. `None` if it is none, or if more
/// follows.
pub(super) fn object<'a>(line: &'a str, mut take: impl FnMut(&str, Field<'a>)) -> Option<()> {
    let mut reader = Reader { rest: line };
    reader.space();
    reader.members(0, &mut |name, field| take(name, field))?;
    reader.space();
    reader.rest.is_empty().then_some(())
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn eat(&mut self, wanted: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(wanted)?;
        Some(())
    }

    fn members(&mut self, depth: usize, take: &mut dyn FnMut(&str, Field<'a>)) -> Option<()> {
        self.eat('{')?;
        self.space();
        if self.eat('}').is_some() {
            return Some(());
        }
        loop {
            self.space();
            let name = self.text()?;
            self.space();
            self.eat(':')?;
            self.space();
            let field = self.value(depth)?;
            take(&name, field);
            self.space();
            if self.eat(',').is_none() {
                return self.eat('}');
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<Field<'a>> {
        match self.rest.as_bytes().first()? {
            b'"' => self.text().map(Field::Text),
            b'{' if depth < DEEPEST => {
                self.members(depth + 1, &mut |_, _| {})?;
                Some(Field::Other)
            }
            b'[' if depth < DEEPEST => {
                self.items(depth + 1)?;
                Some(Field::Other)
            }
            b'-' | b'0'..=b'9' => Some(self.number()?),
            _ => {
                let words = ["true", "false", "null"];
                let word = words.iter().find(|word| self.rest.starts_with(**word))?;
                self.rest = &self.rest[word.len()..];
                Some(Field::Other)
            }
        }
    }

    fn items(&mut self, depth: usize) -> Option<()> {
        self.eat('[')?;
        self.space();
        if self.eat(']').is_some() {
            return Some(());
        }
        loop {
            self.space();
            self.value(depth)?;
            self.space();
            if self.eat(',').is_none() {
                return self.eat(']');
            }
        }
    }

    /// A number. One that is not whole, or below zero, is something else to a log.
    fn number(&mut self) -> Option<Field<'a>> {
        let is_part = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        if !is_decimal(number) {
            return None;
        }
        if number.bytes().all(|byte| byte.is_ascii_digit()) {
            return number.parse().ok().map(Field::Number);
        }
        Some(Field::Other)
    }

    fn text(&mut self) -> Option<Cow<'a, str>> {
        self.eat('"')?;
        let is_end = |c: char| c == '"' || c == '\\' || (c as u32) < 0x20;
        let end = self.rest.find(is_end)?;
        let (plain, rest) = self.rest.split_at(end);
        self.rest = rest;
        if self.eat('"').is_some() {
            return Some(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        loop {
            let mut characters = self.rest.chars();
            let next = characters.next()?;
            self.rest = characters.as_str();
            match next {
                '"' => return Some(Cow::Owned(text)),
                '\\' => text.push(self.escape()?),
                c if (c as u32) < 0x20 => return None,
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next()?;
        self.rest = characters.as_str();
        Some(match next {
            '"' | '\\' | '/' => next,
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'u' => {
                let unit = self.hex()?;
                // The first half of a pair; another escape is to follow.
                if (0xd800..0xdc00).contains(&unit) {
                    self.rest = self.rest.strip_prefix("\\u")?;
                    let low = self.hex()?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                    char::from_u32(0x10000 + ((unit - 0xd800) << 10) + low)?
                } else {
                    char::from_u32(unit)?
                }
            }
            _ => return None,
        })
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.rest.get(..4)?;
        self.rest = &self.rest[4..];
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        u32::from_str_radix(digits, 16).ok()
    }
}

/// Whether a text is a number as JSON writes it.
fn is_decimal(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (number, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|it| digits(it.strip_prefix(['+', '-']).unwrap_or(it)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Vec<(String, Field<'_>)>> {
        let mut fields = Vec::new();
        object(line, |name, field| fields.push((name.to_owned(), field)))?;
        Some(fields)
    }

    #[test]
    fn what_json_allows_is_read() {
        let fields = read(r#" { "a" : 18446744073709551615, "b":"x\"\u4f60\ud83d\ude00\n" } "#);
        let expected = [
            ("a".to_owned(), Field::Number(u64::MAX)),
            ("b".to_owned(), Field::Text("x\"你😀\n".into())),
        ];
        assert_eq!(fields.unwrap(), expected);
        let nested = read(r#"{"p":{"q":[1,-2.5e3,null,{"r":[]}]},"s":true,"big":1e99}"#);
        assert!(
            nested
                .unwrap()
                .iter()
                .all(|(_, field)| *field == Field::Other)
        );
        assert_eq!(read("{}"), Some(Vec::new()));
    }

    #[test]
    fn what_it_does_not_allow_is_refused() {
        for line in [
            "",
            "[]",
            "{",
            "{}}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{a:1}"#,
            r#"{"a":01}"#,
            r#"{"a":"\x"}"#,
            r#"{"a":"\ud800"}"#,
            r#"{"a":"b}"#,
            r#"{"a":.5}"#,
            r#"{"a":--1}"#,
            "{\"a\":\"\n\"}",
            r#"{"a":18446744073709551616}"#,
            r#"{"a":[1,]}"#,
            r#"{"a":tru}"#,
            r#"{"a":"\u00e"}"#,
            r#"{"a":"\u+123"}"#,
        ] {
            assert_eq!(read(line), None, "{line}");
        }
        let deep = format!("{{\"a\":{}", "[".repeat(1_000_000));
        assert_eq!(read(&deep), None);
    }
}
