//! Request targets: paths and queries.

/// The path of a target, and its query without the question mark.
pub(super) fn split(target: &str) -> (&str, &str) {
    target.split_once('?').unwrap_or((target, ""))
}

/// Decodes percent signs, and with `plus` also plus signs for spaces. `None` if that is no text, or
/// has control characters.
pub(super) fn decode(text: &str, plus: bool) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let (high, low) = (digit(bytes.next()?)?, digit(bytes.next()?)?);
                high * 16 + low
            }
            b'+' if plus => b' ',
            byte => byte,
        });
    }
    let decoded = String::from_utf8(decoded).ok()?;
    (!decoded.chars().any(char::is_control)).then_some(decoded)
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// The pairs of a query.
pub(super) fn pairs(query: &str) -> Option<Vec<(String, String)>> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name, true)?, decode(value, true)?))
        })
        .collect()
}

/// Encodes what may not stand in a path as it is.
pub(super) fn encode(text: &str, is_path: bool, into: &mut String) {
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        let in_path = is_path && b"/!$&'()*+,;=:@".contains(&byte);
        if plain || in_path {
            into.push(char::from(byte));
        } else {
            const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
            into.push('%');
            into.push(char::from(DIGITS[usize::from(byte >> 4)]));
            into.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// A received target as path and query: in origin form, in absolute form, or an asterisk. `None`
/// if it is neither, or climbs.
pub(super) fn read(target: &str, method: &str) -> Option<(String, Vec<(String, String)>)> {
    if target == "*" {
        return (method == "OPTIONS").then(|| (target.to_owned(), Vec::new()));
    }
    let target = match target.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("http://") => {
            let rest = &target[7..];
            let path = rest.find(['/', '?']).map_or("/", |at| &rest[at..]);
            if rest.starts_with(['/', '?']) {
                return None;
            }
            path
        }
        _ => target,
    };
    let (path, query) = split(target);
    let path = if path.is_empty() { "/" } else { path };
    if !path.starts_with('/') || target.is_empty() || target.contains('#') {
        return None;
    }
    let path = decode(path, false)?;
    let climbs = path.split(['/', '\\']).any(|part| part == "..");
    (!climbs).then_some(())?;
    Some((path, pairs(query)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_decoded_or_refused() {
        let path = |target| read(target, "GET").map(|(path, _)| path);
        assert_eq!(path("/a%20b/%E4%BD%A0").as_deref(), Some("/a b/你"));
        assert_eq!(path("http://host/x").as_deref(), Some("/x"));
        assert_eq!(path("HTTP://host?x=1").as_deref(), Some("/"));
        for refused in [
            "x",
            "",
            "*",
            "/%",
            "/%4",
            "/%zz",
            "/%ff",
            "/a/../b",
            "/%2e%2e/x",
            "/a\\..\\b",
            "/%00",
            "/a#b",
            "http:///x",
            "ftp://host/x",
            "/?a=%f",
        ] {
            assert_eq!(path(refused), None, "{refused}");
        }
        assert!(read("*", "OPTIONS").is_some());
        let pairs = pairs("a=1&b=x+y%26z&&c&d=").unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(k, v)| (&**k, &**v)).collect();
        assert_eq!(pairs, [("a", "1"), ("b", "x y&z"), ("c", ""), ("d", "")]);
    }

    #[test]
    fn what_is_encoded_is_decoded_to_the_same() {
        let mut encoded = String::new();
        encode("/ä b/100%?#", true, &mut encoded);
        assert_eq!(encoded, "/%C3%A4%20b/100%25%3F%23");
        assert_eq!(decode(&encoded, false).as_deref(), Some("/ä b/100%?#"));
    }
}
