//! Media queries.

use web_sys::MediaQueryList;

use super::calls::Listener;
use super::window;

/// A media query.
#[derive(Debug)]
pub struct Media {
    list: Option<MediaQueryList>,
    _listener: Option<Listener>,
}

impl Media {
    /// Asks, and calls whenever the answer changes.
    #[must_use]
    pub fn new(query: &str, changed: impl Fn() + 'static) -> Self {
        let list = window().match_media(query).ok().flatten();
        let listener = list
            .as_ref()
            .map(|list| Listener::new(list, "change", move |_| changed()));
        Self {
            list,
            _listener: listener,
        }
    }

    /// Whether it matches now.
    #[must_use]
    pub fn matches(&self) -> bool {
        self.list.as_ref().is_some_and(MediaQueryList::matches)
    }
}
