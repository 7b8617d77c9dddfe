//! Writing JSON, a value after another.
//!
//! What is studied about a run leaves this crate as JSON: for the page, for the command line and
//! for other programs. A value is written straight into one text, since a trace of a million
//! events would not fit into memory as a tree of values first.

/// A JSON text that grows. Commas are put where they belong; that objects and arrays are closed
/// is up to the caller, whose closures do it.
///
/// ```
/// use wakeline_timeline::json::Json;
///
/// let mut json = Json::new();
/// json.object(|json| {
///     json.field("name").text("say \"hi\"");
///     json.field("list").array(|json| {
///         json.number(1);
///         json.number(2);
///     });
/// });
/// assert_eq!(json.finish(), r#"{"name":"say \"hi\"","list":[1,2]}"#);
/// ```
#[derive(Debug, Default)]
pub struct Json {
    out: String,
    /// Something stands before the next value in the same object or array.
    follows: bool,
}

impl Json {
    /// An empty text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    /// Writes an object, whose fields `fill` writes.
    pub fn object(&mut self, fill: impl FnOnce(&mut Self)) {
        self.nest('{', '}', fill);
    }

    /// Writes an array, whose items `fill` writes.
    pub fn array(&mut self, fill: impl FnOnce(&mut Self)) {
        self.nest('[', ']', fill);
    }

    /// Writes the name of a field; its value is to follow.
    pub fn field(&mut self, name: &str) -> &mut Self {
        self.comma();
        quote(&mut self.out, name);
        self.out.push(':');
        self.follows = false;
        self
    }

    /// Writes a whole number. One above 2⁵³ is exact here, whatever its reader makes of it.
    pub fn number(&mut self, number: u64) {
        self.comma();
        push_number(&mut self.out, number);
        self.follows = true;
    }

    /// Writes a whole number that may be below zero.
    pub fn signed(&mut self, number: i64) {
        self.comma();
        if number < 0 {
            self.out.push('-');
        }
        push_number(&mut self.out, number.unsigned_abs());
        self.follows = true;
    }

    /// Writes thousandths as a decimal number: 1500 as `1.5`. So microseconds are written of
    /// nanoseconds, without a floating point number on the way.
    pub fn thousandths(&mut self, number: u64) {
        self.fraction(number, 1_000);
    }

    /// Writes millionths as a decimal number: 1500 as `0.0015`.
    pub fn millionths(&mut self, number: u64) {
        self.fraction(number, 1_000_000);
    }

    fn fraction(&mut self, number: u64, unit: u64) {
        self.comma();
        push_number(&mut self.out, number / unit);
        let (mut rest, mut unit) = (number % unit, unit);
        if rest != 0 {
            self.out.push('.');
        }
        while rest != 0 {
            unit /= 10;
            push_number(&mut self.out, rest / unit);
            rest %= unit;
        }
        self.follows = true;
    }

    /// Writes a text.
    pub fn text(&mut self, text: &str) {
        self.comma();
        quote(&mut self.out, text);
        self.follows = true;
    }

    /// Writes `true` or `false`.
    pub fn flag(&mut self, flag: bool) {
        self.comma();
        self.out.push_str(if flag { "true" } else { "false" });
        self.follows = true;
    }

    /// Begins a new line, for those who look at the text with tools that read by line.
    pub fn line(&mut self) {
        if self.follows {
            self.out.push(',');
            self.follows = false;
        }
        self.out.push('\n');
    }

    fn nest(&mut self, open: char, close: char, fill: impl FnOnce(&mut Self)) {
        self.comma();
        self.out.push(open);
        self.follows = false;
        fill(self);
        self.out.push(close);
        self.follows = true;
    }

    fn comma(&mut self) {
        if self.follows {
            self.out.push(',');
        }
    }
}

/// Adds the digits of a number.
pub(crate) fn push_number(out: &mut String, mut number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|digit| char::from(*digit)));
}

fn quote(out: &mut String, text: &str) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if (c as u32) < 0x20 => {
                out.push_str("\\u00");
                for nibble in [c as usize >> 4, c as usize & 15] {
                    out.push(char::from(HEX[nibble]));
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_to_their_last_digit() {
        let mut json = Json::new();
        json.array(|json| {
            json.number(0);
            json.number(u64::MAX);
            json.signed(i64::MIN);
            for number in [0, 7, 1500, 1_000_001, 999_990] {
                json.thousandths(number);
            }
            json.millionths(1_000_500);
            json.flag(true);
        });
        assert_eq!(
            json.finish(),
            "[0,18446744073709551615,-9223372036854775808,0,0.007,1.5,1000.001,999.99,1.0005,true]"
        );
    }

    #[test]
    fn control_characters_are_escaped() {
        let mut json = Json::new();
        json.text("a\u{1}\u{1f}\t\\ 你好");
        assert_eq!(json.finish(), "\"a\\u0001\\u001f\\u0009\\\\ 你好\"");
    }
}
