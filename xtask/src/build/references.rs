//! Content hashes in file names, and the references that follow them.
//!
//! A file's name gets a hash of its content, and its content contains the names of other files: so
//! the leaves come first. A reference is a path between quotes, or in `url(…)`, relative to the
//! file that it stands in. No language is parsed for that: the paths that exist are searched for,
//! and a path that begins with `./` must exist, so that a typing error ends the build and not the
//! visit.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use sha2::{Digest, Sha256};

use super::stamp::hex;

/// Files by their path in the site, with `/` between its parts.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// The file that visitors ask for by its own name.
const ENTRANCE: &str = "index.html";

/// What can refer to other files.
const TEXTS: [&str; 6] = ["css", "html", "js", "mjs", "svg", "webmanifest"];

/// Digits of a hash in a name: enough that two versions of one file do not meet.
const DIGITS: usize = 8;

/// The same files under names with hashes, with their references rewritten.
///
/// # Errors
/// If a file refers to one that does not exist, or if files refer to each other in a circle.
pub(super) fn with_hashes(files: &Files) -> Result<Files> {
    let mut hashing = Hashing {
        files,
        names: BTreeMap::new(),
        open: Vec::new(),
        done: Files::new(),
    };
    for path in files.keys() {
        hashing.finish(path)?;
    }
    Ok(hashing.done)
}

struct Hashing<'a> {
    files: &'a Files,
    /// New names of finished files by their old ones.
    names: BTreeMap<&'a str, String>,
    /// Files that wait for those that they refer to.
    open: Vec<&'a str>,
    done: Files,
}

impl<'a> Hashing<'a> {
    fn finish(&mut self, path: &'a str) -> Result<()> {
        if self.names.contains_key(path) {
            return Ok(());
        }
        if let Some(start) = self.open.iter().position(|open| *open == path) {
            bail!(
                "these files refer to each other in a circle: {} -> {path}",
                self.open[start..].join(" -> ")
            );
        }
        self.open.push(path);
        let content = match std::str::from_utf8(&self.files[path]) {
            Ok(text) if is_text(path) => self.rewritten(path, text)?.into_bytes(),
            _ => self.files[path].clone(),
        };
        self.open.pop();
        let name = if path == ENTRANCE {
            path.to_owned()
        } else {
            hashed(path, &content)
        };
        self.names.insert(path, name.clone());
        self.done.insert(name, content);
        Ok(())
    }

    fn rewritten(&mut self, path: &'a str, text: &str) -> Result<String> {
        let mut result = String::with_capacity(text.len());
        let mut copied = 0;
        for (start, end) in candidates(text) {
            let written = &text[start..end];
            let Some(target) = resolve(path, written) else {
                continue;
            };
            match self.files.get_key_value(&target) {
                // A comment may name the file that it stands in.
                Some((target, _)) if target == path => {}
                Some((target, _)) => {
                    self.finish(target)?;
                    let folder = written.rfind('/').map_or(0, |slash| slash + 1);
                    let name = &self.names[target.as_str()];
                    result.push_str(&text[copied..start + folder]);
                    result.push_str(name.rsplit('/').next().unwrap_or(name));
                    copied = end;
                }
                None if written.starts_with("./") && extension(written).is_some() => {
                    bail!("{path} refers to {written}, which does not exist");
                }
                None => {}
            }
        }
        result.push_str(&text[copied..]);
        Ok(result)
    }
}

/// The ranges of a text that stand between delimiters and look like a relative path.
fn candidates(text: &str) -> Vec<(usize, usize)> {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let start = at + 1;
        if !b"\"'`(".contains(&bytes[at]) {
            at = start;
            continue;
        }
        let length = bytes[start..]
            .iter()
            .take_while(|byte| is_part(**byte))
            .count();
        let end = start + length;
        // A query or fragment after the path stays as it is. With a colon after it, the text is the
        // name of a property, as in the imports that wasm-bindgen hands to a module.
        let closes = bytes.get(end).is_some_and(|byte| b"\"'`)?#".contains(byte));
        if length > 0 && closes && bytes.get(end + 1) != Some(&b':') {
            found.push((start, end));
        }
        at = end;
    }
    found
}

/// The path in the site that a file's reference means; `None` if it leads out of the site.
fn resolve(from: &str, written: &str) -> Option<String> {
    if written.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in written.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()?),
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// `styles/page.css` becomes `styles/page-1a2b3c4d.css`.
fn hashed(path: &str, content: &[u8]) -> String {
    let digits = &hex(&Sha256::digest(content))[..DIGITS];
    match extension(path) {
        Some(extension) => {
            let stem = &path[..path.len() - extension.len() - 1];
            format!("{stem}-{digits}.{extension}")
        }
        None => format!("{path}-{digits}"),
    }
}

fn extension(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && stem != "." && !extension.is_empty()).then_some(extension)
}

fn is_text(path: &str) -> bool {
    extension(path).is_some_and(|extension| TEXTS.contains(&extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Files {
        pairs
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()))
            .collect()
    }

    fn site(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        with_hashes(&files(pairs))
            .unwrap()
            .into_iter()
            .map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap()))
            .collect()
    }

    fn name<'a>(site: &'a BTreeMap<String, String>, start: &str, end: &str) -> &'a str {
        let mut found = site
            .keys()
            .filter(|name| name.starts_with(start) && name.ends_with(end));
        let name = found.next().unwrap();
        assert_eq!(found.next(), None, "two files {start}*{end}");
        name
    }

    #[test]
    fn references_follow_the_names_through_every_kind_of_file() {
        let site = site(&[
            (
                "index.html",
                r#"<link href="./styles/page.css"><script src='./start.js'></script>"#,
            ),
            ("start.js", "import init from \"./page.js\"; init();"),
            (
                "page.js",
                "fetch(new URL('page_bg.wasm', import.meta.url));",
            ),
            ("page_bg.wasm", "not text: './page.js'"),
            (
                "styles/page.css",
                "@import \"./tokens.css\"; a { background: url(../icons/x.svg#y) }",
            ),
            ("styles/tokens.css", ":root {}"),
            ("icons/x.svg", "<svg/>"),
        ]);
        let page = name(&site, "page-", ".js");
        let wasm = name(&site, "page_bg-", ".wasm");
        let start = name(&site, "start-", ".js");
        let css = name(&site, "styles/page-", ".css");
        let tokens = name(&site, "styles/tokens-", ".css");
        let icon = name(&site, "icons/x-", ".svg");
        assert_eq!(
            site["index.html"],
            format!(r#"<link href="./{css}"><script src='./{start}'></script>"#)
        );
        assert_eq!(
            site[start],
            format!("import init from \"./{page}\"; init();")
        );
        assert_eq!(
            site[page],
            format!("fetch(new URL('{wasm}', import.meta.url));")
        );
        assert_eq!(site[wasm], "not text: './page.js'");
        assert_eq!(
            site[css],
            format!(
                "@import \"./{}\"; a {{ background: url(../{icon}#y) }}",
                tokens.strip_prefix("styles/").unwrap()
            )
        );
    }

    #[test]
    fn a_change_in_a_leaf_changes_the_names_of_all_that_lead_to_it() {
        let with_leaf = |leaf: &str| {
            site(&[
                ("index.html", "\"./a.js\""),
                ("a.js", "import './b.js'"),
                ("b.js", leaf),
                ("c.js", "alone"),
            ])
        };
        let (one, two) = (with_leaf("1"), with_leaf("2"));
        assert_ne!(name(&one, "a-", ".js"), name(&two, "a-", ".js"));
        assert_ne!(name(&one, "b-", ".js"), name(&two, "b-", ".js"));
        assert_eq!(name(&one, "c-", ".js"), name(&two, "c-", ".js"));
        assert_ne!(one["index.html"], two["index.html"]);
    }

    #[test]
    fn prose_and_foreign_addresses_stay_as_they_are() {
        let text = "// it's about page.js, \"/page.js\" and 'https://example.org/page.js'\n\
                    const own = './start.js', none = '../page.js', folder = './';\n\
                    const imports = {\"./start_bg.js\": own, './page.js': none};";
        let site = site(&[("page.js", ""), ("start.js", text)]);
        assert_eq!(site[name(&site, "start-", ".js")], text);
    }

    #[test]
    fn a_reference_to_nothing_is_an_error() {
        let error = with_hashes(&files(&[("index.html", r#"<script src="./gone.js">"#)]));
        let message = error.unwrap_err().to_string();
        assert_eq!(
            message,
            "index.html refers to ./gone.js, which does not exist"
        );
    }

    #[test]
    fn a_circle_is_an_error() {
        let error = with_hashes(&files(&[("a.js", "'./b.js'"), ("b.js", "'./a.js'")]));
        let message = error.unwrap_err().to_string();
        assert!(message.contains("a.js -> b.js -> a.js"), "{message}");
    }

    #[test]
    fn a_name_without_extension_gets_its_hash_at_the_end() {
        assert!(hashed("LICENSE", b"").starts_with("LICENSE-"));
        assert!(hashed("a.b/c", b"").starts_with("a.b/c-"));
        assert!(hashed("a/b.min.js", b"").starts_with("a/b.min-"));
    }
}
