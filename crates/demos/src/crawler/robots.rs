//! What `robots.txt` says, after RFC 9309.

use std::fmt;

/// The name by which rules are looked up.
const AGENT: &str = "wakeline";

/// Rules for this crawler: the beginnings of paths, and whether they may be visited.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Robots {
    rules: Vec<(String, bool)>,
}

impl Robots {
    /// Nothing may be visited: the server cannot say what may.
    pub(super) fn nothing() -> Self {
        Self {
            rules: vec![("/".to_owned(), false)],
        }
    }

    /// Reads the rules of the groups that name this crawler or, if none does, of those for all.
    pub(super) fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (mut own, mut all) = (Vec::new(), Vec::new());
        let mut is_named = false;
        let (mut for_us, mut for_all, mut in_names) = (false, false, false);
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((field, value)) = line.split_once(':') else {
                continue;
            };
            let (field, value) = (field.trim().to_ascii_lowercase(), value.trim());
            if field == "user-agent" {
                if !in_names {
                    (for_us, for_all) = (false, false);
                }
                in_names = true;
                for_us |= value.eq_ignore_ascii_case(AGENT);
                for_all |= value == "*";
                is_named |= for_us;
                continue;
            }
            let allows = match &*field {
                "allow" => true,
                "disallow" => false,
                _ => continue,
            };
            in_names = false;
            if value.is_empty() {
                continue;
            }
            if for_us {
                own.push((value.to_owned(), allows));
            }
            if for_all {
                all.push((value.to_owned(), allows));
            }
        }
        Self {
            rules: if is_named { own } else { all },
        }
    }

    /// Whether a path may be visited: the longest rule that matches decides, and of equal ones the
    /// one that allows.
    pub(super) fn allow(&self, path: &str) -> bool {
        let matching = self.rules.iter().filter(|(rule, _)| matches(rule, path));
        let decisive = matching.max_by_key(|(rule, allows)| (rule.len(), *allows));
        decisive.is_none_or(|(_, allows)| *allows)
    }
}

/// Whether a rule, in which `*` stands for anything and `$` at the end for the end, matches.
fn matches(rule: &str, path: &str) -> bool {
    let (rule, to_the_end) = match rule.strip_suffix('$') {
        Some(rule) => (rule, true),
        None => (rule, false),
    };
    let mut parts = rule.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = path.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let last = if to_the_end { parts.pop() } else { None };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    match last {
        Some(last) => rest.ends_with(last),
        None => !to_the_end || rest.is_empty(),
    }
}

impl fmt::Display for Robots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let forbidden = self.rules.iter().filter(|(_, allows)| !allows);
        let forbidden: Vec<&str> = forbidden.map(|(rule, _)| &**rule).collect();
        match forbidden[..] {
            [] => f.write_str("everything is allowed"),
            _ => write!(f, "keep out of {}", forbidden.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_of_the_right_group_decides() {
        let robots = Robots::read(
            b"# all\nUser-agent: other\nDisallow: /\n\nUser-Agent: *\nDisallow: /private/ # here\n\
              Allow: /private/open\nDisallow: /*.pdf$\nDisallow:\nSitemap: /x\n",
        );
        for (path, allowed) in [
            ("/", true),
            ("/private", true),
            ("/private/", false),
            ("/private/open/1", true),
            ("/a/b.pdf", false),
            ("/a/b.pdf?x", true),
        ] {
            assert_eq!(robots.allow(path), allowed, "{path}");
        }
    }

    #[test]
    fn a_group_of_its_own_is_the_only_one() {
        let text =
            b"User-agent: *\nDisallow: /\nUser-agent: a\nUser-agent: WAKELINE\nDisallow: /x\n";
        let robots = Robots::read(text);
        assert!(robots.allow("/y") && !robots.allow("/x/y"));
        assert!(Robots::read(b"\xff\nnonsense\n").allow("/"));
        assert!(!Robots::nothing().allow("/"));
    }
}
