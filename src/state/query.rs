//! The query of an address, as pairs of texts.

/// The pairs of a query such as `?demo=hello&seed=3`, with or without the question mark.
///
/// Damaged escapes stay as they are, and bytes that are no UTF-8 become replacement characters:
/// a link is never a reason to fail.
#[must_use]
pub fn parse(query: &str) -> Vec<(String, String)> {
    query
        .strip_prefix('?')
        .unwrap_or(query)
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// The query of these pairs, without a question mark; empty if there are none.
#[must_use]
pub fn write<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        encode(name, &mut out);
        out.push('=');
        encode(value, &mut out);
    }
    out
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = match bytes[at..] {
            [b'%', high, low, ..] => hex(high).zip(hex(low)).map(|(h, l)| h << 4 | l),
            _ => None,
        };
        match (escaped, bytes[at]) {
            (Some(byte), _) => {
                out.push(byte);
                at += 3;
                continue;
            }
            (None, b'+') => out.push(b' '),
            (None, byte) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

fn encode(text: &str, out: &mut String) {
    for byte in text.bytes() {
        match byte {
            // What a query may hold and a person can read: colons and slashes of an address too.
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b':'
            | b'/'
            | b',' => out.push(char::from(byte)),
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                out.push(char::from(DIGITS[usize::from(byte >> 4)]));
                out.push(char::from(DIGITS[usize::from(byte & 15)]));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_survive_the_query() {
        let pairs = [
            ("demo", "hello"),
            ("server", "http://127.0.0.1:8080"),
            ("text", "a&b=c d+e%f?#"),
            ("名", "值"),
            ("", ""),
        ];
        let query = write(pairs);
        assert!(query.is_ascii(), "{query}");
        let back = parse(&format!("?{query}"));
        let back: Vec<(&str, &str)> = back.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(back, pairs);
    }

    #[test]
    fn an_address_stays_readable() {
        assert_eq!(
            write([("server", "http://[::1]:80")]),
            "server=http://%5B::1%5D:80"
        );
    }

    #[test]
    fn damaged_queries_are_read_as_far_as_they_go() {
        let read = |query: &str| parse(query);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(read(""), []);
        assert_eq!(read("?&&"), []);
        assert_eq!(read("a"), [pair("a", "")]);
        assert_eq!(read("a=%"), [pair("a", "%")]);
        assert_eq!(read("a=%4"), [pair("a", "%4")]);
        assert_eq!(read("a=%zz"), [pair("a", "%zz")]);
        assert_eq!(read("a=%FF"), [pair("a", "\u{FFFD}")]);
        assert_eq!(read("a=b=c"), [pair("a", "b=c")]);
        assert_eq!(read("a=x+y"), [pair("a", "x y")]);
    }
}
