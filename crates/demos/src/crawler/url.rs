//! Where a link goes.

/// The path, with its query, that a link on the page at `from` leads to; `None` if that is not on
/// this server, or no page at all.
pub(super) fn resolve(from: &str, link: &str, server: &str) -> Option<String> {
    let link = link.split('#').next().unwrap_or_default();
    let scheme = server.split("//").next().unwrap_or_default();
    let path = if let Some(rest) = link.strip_prefix("//") {
        on_server(&format!("{scheme}//{rest}"), server)?
    } else if link.contains("://") {
        on_server(link, server)?
    } else if has_scheme(link) {
        return None;
    } else {
        link.to_owned()
    };
    let (base, _) = from.split_once('?').unwrap_or((from, ""));
    if path.is_empty() {
        return Some(from.to_owned());
    }
    if path.starts_with('?') {
        return Some(format!("{base}{path}"));
    }
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (&*path, None),
    };
    let joined = if path.starts_with('/') {
        path.to_owned()
    } else {
        let folder = base.rfind('/').map_or("/", |at| &base[..=at]);
        format!("{folder}{path}")
    };
    let mut resolved = without_dots(&joined);
    if let Some(query) = query {
        resolved.push('?');
        resolved.push_str(query);
    }
    Some(resolved)
}

/// What follows the server in an address on it.
fn on_server(address: &str, server: &str) -> Option<String> {
    let rest = address.strip_prefix(server)?;
    match rest.chars().next() {
        None => Some("/".to_owned()),
        Some('/' | '?') => Some(if rest.starts_with('?') {
            format!("/{rest}")
        } else {
            rest.to_owned()
        }),
        // The name of another server that begins like this one.
        Some(_) => None,
    }
}

/// Whether it begins with something like `mailto:`.
fn has_scheme(link: &str) -> bool {
    link.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

/// Removes the parts `.` and `..` from a path.
fn without_dots(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').skip(1) {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    // A path that ended in dots ends in a slash.
    if path.ends_with("/.") || path.ends_with("/..") {
        parts.push("");
    }
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_where_the_standard_says() {
        let server = "http://host:8080";
        for (link, path) in [
            ("/x", Some("/x")),
            ("x", Some("/a/b/x")),
            ("./x", Some("/a/b/x")),
            ("../x?y=1#z", Some("/a/x?y=1")),
            ("../../../x", Some("/x")),
            ("..", Some("/a/")),
            ("?q", Some("/a/b/c?q")),
            ("#top", Some("/a/b/c?old")),
            ("http://host:8080/x", Some("/x")),
            ("http://host:8080", Some("/")),
            ("//host:8080/x", Some("/x")),
            ("http://host:80801/x", None),
            ("http://other/x", None),
            ("https://host:8080/x", None),
            ("mailto:a@b", None),
            ("javascript:alert(1)", None),
        ] {
            assert_eq!(
                resolve("/a/b/c?old", link, server).as_deref(),
                path,
                "{link}"
            );
        }
    }
}
