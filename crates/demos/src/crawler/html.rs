//! As much of HTML as a crawler needs: the title, and where links go.

/// The title of a page, its white space made single spaces; empty if it has none.
pub(super) fn title(html: &str) -> String {
    let Some(begin) = find_tag(html, 0, "title") else {
        return String::new();
    };
    let text = &html[begin.end..];
    let end = find_ignoring_case(text, "</title").unwrap_or(0);
    let words: Vec<&str> = text[..end].split_whitespace().collect();
    decode(&words.join(" "))
}

/// The addresses of the links of a page, in their order.
pub(super) fn links(html: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut at = 0;
    while let Some(tag) = find_tag(html, at, "a") {
        if let Some(address) = attribute(&html[tag.begin..tag.end], "href") {
            links.push(decode(address.trim()));
        }
        at = tag.end;
    }
    links
}

/// A tag: where it begins behind its name, and where it ends.
struct Tag {
    begin: usize,
    end: usize,
}

/// The next tag with this name. Comments are passed over.
fn find_tag(html: &str, from: usize, name: &str) -> Option<Tag> {
    let mut at = from;
    loop {
        at += html[at..].find('<')?;
        let rest = &html[at + 1..];
        if rest.starts_with("!--") {
            at += rest.find("-->")?;
            continue;
        }
        let found = rest.get(..name.len());
        let behind = rest.as_bytes().get(name.len());
        let is_it = found.is_some_and(|found| found.eq_ignore_ascii_case(name))
            && behind.is_some_and(|byte| byte.is_ascii_whitespace() || b"/>".contains(byte));
        if is_it {
            let begin = at + 1 + name.len();
            return Some(Tag {
                begin,
                end: begin + end_of_tag(&html[begin..])?,
            });
        }
        at += 1;
    }
}

/// Where a tag ends; a `>` within quotes does not end it.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// The value of an attribute.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = rest.find(|c: char| c.is_whitespace() || "=/>".contains(c))?;
        let found = &rest[..end];
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else {
            if rest.is_empty() || rest == ">" || (found.is_empty() && end == 0) {
                return None;
            }
            continue;
        };
        let value = value.trim_start();
        let (value, behind) = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote)?,
            _ => {
                let end = value.find(|c: char| c.is_whitespace() || c == '>')?;
                value.split_at(end)
            }
        };
        if found.eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = behind;
    }
}

fn find_ignoring_case(text: &str, what: &str) -> Option<usize> {
    let bytes = text.as_bytes().windows(what.len());
    bytes
        .into_iter()
        .position(|window| window.eq_ignore_ascii_case(what.as_bytes()))
}

/// Replaces the entities that stand in titles and addresses.
fn decode(text: &str) -> String {
    let mut decoded = text.to_owned();
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        // Last of all, so that what it makes is no further entity.
        ("&amp;", "&"),
    ] {
        decoded = decoded.replace(entity, character);
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_titles_are_found_in_any_dress() {
        let html = "<!doctype html><TITLE lang=en>\n A &amp;\n  B</Title><!-- <a href='no'> -->\
            <a href=\"/one\">1</a><A class='x>y' HREF='/two?a=1&amp;b=2'>2</A><a\nhref=/three>3</a>\
            <abbr href=no><a name=x><a href><a disabled href=\"  /four \"/><a/href=/five>";
        assert_eq!(title(html), "A & B");
        assert_eq!(
            links(html),
            ["/one", "/two?a=1&b=2", "/three", "/four", "/five"]
        );
    }

    #[test]
    fn nothing_in_it_is_nothing_found() {
        for html in [
            "",
            "<",
            "<a",
            "<a href",
            "<a href=",
            "<a href='",
            "<title>",
            "<!--",
            "你好<a",
        ] {
            assert_eq!(
                (title(html), links(html)),
                (String::new(), Vec::new()),
                "{html}"
            );
        }
    }
}
