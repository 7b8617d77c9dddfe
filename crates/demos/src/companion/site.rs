//! A small site that is made up as it is asked for: pages that link to each other, with titles, and
//! with corners that a crawler must know how to treat. The real companion server serves the same.
//!
//! Page `n` links to three further pages, as in a tree, and to two others of its choice; some link
//! to a page that is missing, to one that has moved, to data, to another site, or into the part
//! that [`ROBOTS`] asks crawlers to leave alone.

/// How many pages there are.
pub const PAGES: u64 = 60;

/// What crawlers are asked.
pub const ROBOTS: &str = "User-agent: *\nDisallow: /api/site/private/\n";

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A page.
    Page(String),
    /// Something that is no page: JSON.
    Data(String),
    /// It is elsewhere now, at this path.
    Moved(String),
    /// Nothing.
    Missing,
}

/// What is at a path below `/api/site/`.
#[must_use]
pub fn answer(path: &str) -> Answer {
    let (part, number) = path.rsplit_once('/').unwrap_or(("", path));
    let number = if path.is_empty() {
        Some(0)
    } else {
        number.parse().ok().filter(|number| *number < PAGES)
    };
    match (part, number) {
        ("", Some(number)) => Answer::Page(page(number)),
        ("private", Some(number)) => Answer::Page(private(number)),
        ("data", Some(number)) => Answer::Data(format!("{{\"page\":{number}}}")),
        ("moved", Some(number)) => Answer::Moved(format!("/api/site/{number}")),
        _ => Answer::Missing,
    }
}

/// The paths that page `number` links to, in their order.
#[must_use]
pub fn links(number: u64) -> Vec<String> {
    let mut links = Vec::new();
    let children = (1..=3).map(|child| number * 3 + child);
    let others = (0..2).map(|other| mix(number * 2 + other) % PAGES);
    for page in children.filter(|page| *page < PAGES).chain(others) {
        links.push(format!("/api/site/{page}"));
    }
    match number % 7 {
        1 => links.push(format!("/api/site/private/{number}")),
        2 => links.push(format!("/api/site/missing/{number}")),
        3 => links.push(format!("/api/site/moved/{}", mix(number) % PAGES)),
        4 => links.push(format!("/api/site/data/{number}")),
        5 => links.push("https://example.org/elsewhere".to_owned()),
        _ => {}
    }
    links
}

fn page(number: u64) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<title>Page {number}</title>\n<h1>Page {number}</h1>\n"
    );
    for link in links(number) {
        html.push_str("<p><a href=\"");
        html.push_str(&link);
        html.push_str("\">a link</a></p>\n");
    }
    html.push_str("</html>\n");
    html
}

fn private(number: u64) -> String {
    format!("<!doctype html>\n<title>Private {number}</title>\n<p>Not for crawlers.</p>\n")
}

/// SplitMix64's mixing function: neighbours have nothing to do with each other.
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
