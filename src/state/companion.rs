//! What the page knows of the companion server.
//!
//! The page asks the server that it came from when a demo of the network is chosen, and any other
//! when its address has been typed and a run would go there. A page from a static host has no
//! companion server: it says so once, and runs the demos on the simulated network until its reader
//! names a server.

use wakeline_protocol::{Clock, Modes};

use super::app::App;
use super::notice::Notice;

/// What answers at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A companion server that this page may talk to.
    Companion,
    /// Something else, or something that does not allow this page to read what it says.
    Other,
    /// Nobody.
    Nobody,
    /// Nobody, or something that does not allow this page to read what it says: the browser does
    /// not tell.
    Unclear,
}

impl Found {
    const NAMES: [(&str, Self); 4] = [
        ("companion", Self::Companion),
        ("other", Self::Other),
        ("nobody", Self::Nobody),
        ("unclear", Self::Unclear),
    ];

    /// Reads a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, found)| *found)
    }

    /// The key of the sentence that says what is wrong with the server, if anything is.
    #[must_use]
    pub fn problem(self) -> Option<&'static str> {
        match self {
            Self::Companion => None,
            Self::Other => Some("page.server.other"),
            Self::Nobody => Some("page.server.nobody"),
            Self::Unclear => Some("page.server.unclear"),
        }
    }
}

/// What the page knows of the companion server.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Companion {
    /// Whether the host that the page came from has none.
    pub is_missing: bool,
    /// The address that was asked last, and what was found there.
    asked: Option<(String, Found)>,
    /// That may have changed since.
    is_old: bool,
}

impl Companion {
    /// What was found at an address.
    #[must_use]
    pub fn at(&self, address: &str) -> Option<Found> {
        let asked = self.asked.as_ref().filter(|(known, _)| known == address);
        asked.map(|(_, found)| *found)
    }

    /// The server may have come or gone since. What was found stands until it is asked again.
    pub(super) fn grow_old(&mut self) {
        self.is_old = true;
    }
}

impl App {
    /// The address of which the page ought to know what is there, and does not.
    #[must_use]
    pub fn unknown_server(&self) -> Option<String> {
        let spec = self.spec().filter(|spec| spec.modes != Modes::Any)?;
        let address = self.setup.read_server().ok()?;
        let matters = address == self.defaults.server || self.setup.needs_server(spec);
        let is_known = !self.companion.is_old && self.companion.at(&address).is_some();
        (matters && !is_known).then_some(address)
    }

    /// An address was asked.
    pub(super) fn found(&mut self, address: String, found: Found) {
        // Where nobody answers any more, a server was when the page was loaded: it may come back.
        if address == self.defaults.server && found == Found::Other {
            if self.setup.read_server().as_ref() == Ok(&address) {
                self.setup.server.clear();
                self.setup.clock = Clock::Virtual;
            }
            self.defaults.server.clear();
            self.companion.is_missing = true;
            self.notices.push(Notice::NoCompanion);
        }
        self.companion.asked = Some((address, found));
        self.companion.is_old = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Event;
    use crate::state::Action;
    use crate::state::samples::opened;

    const HERE: &str = "http://127.0.0.1:8080";

    fn after(mut app: App, action: Action) -> App {
        app.act(action);
        app
    }

    fn answer(app: App, address: &str, found: Found) -> App {
        after(app, Action::Found(address.to_owned(), found))
    }

    fn notices(app: &App) -> Vec<&Notice> {
        app.notices.iter().map(|(_, notice)| notice).collect()
    }

    #[test]
    fn nobody_is_asked_for_a_demo_that_needs_no_server() {
        assert_eq!(opened("demo=sample").unknown_server(), None);
        assert_eq!(opened("demo=sample&clock=live").unknown_server(), None);
    }

    #[test]
    fn the_server_of_the_page_is_asked_once() {
        let app = opened("demo=both");
        assert_eq!(app.unknown_server().as_deref(), Some(HERE));
        let app = answer(app, HERE, Found::Companion);
        assert_eq!(app.unknown_server(), None);
        assert_eq!(notices(&app), Vec::<&Notice>::new());
    }

    #[test]
    fn another_server_is_asked_when_a_run_would_go_there() {
        let app = opened("demo=both&server=http://a.example");
        assert_eq!(app.unknown_server(), None);
        let app = opened("demo=both&server=http://a.example&clock=live");
        assert_eq!(app.unknown_server().as_deref(), Some("http://a.example"));
        let app = answer(app, "http://a.example", Found::Nobody);
        assert_eq!(app.unknown_server(), None);
        assert_eq!(app.companion.at("http://a.example"), Some(Found::Nobody));
        assert_eq!(app.companion.at(HERE), None);
    }

    #[test]
    fn a_page_without_a_server_says_so_once_and_simulates() {
        let app = opened("demo=both&clock=live");
        let app = answer(app, HERE, Found::Other);
        assert_eq!(notices(&app), [&Notice::NoCompanion]);
        assert_eq!(app.setup.clock, Clock::Virtual);
        assert!(app.automatic_plan().is_some());
        assert_eq!(app.unknown_server(), None, "it is not asked again");
        // Its reader chooses the real network: then an address is needed.
        let app = after(app, Action::SetClock(Clock::Live));
        assert_eq!((app.plan(), app.unknown_server()), (None, None));
        let app = after(app, Action::SetServer("http://a.example".to_owned()));
        assert_eq!(app.unknown_server().as_deref(), Some("http://a.example"));
        assert!(app.plan().is_some());
    }

    #[test]
    fn a_server_that_the_reader_named_stays_when_the_pages_own_is_none() {
        let app = opened("demo=both&clock=live&server=http://a.example");
        let app = answer(app, HERE, Found::Other);
        assert_eq!(app.setup.server, "http://a.example");
        assert_eq!(app.setup.clock, Clock::Live);
    }

    #[test]
    fn a_server_that_is_gone_is_not_missing() {
        let app = answer(opened("demo=both&clock=live"), HERE, Found::Nobody);
        assert!(!app.companion.is_missing);
        assert_eq!(app.setup.server, HERE);
        assert_eq!(notices(&app), Vec::<&Notice>::new());
    }

    #[test]
    fn a_run_asks_again() {
        let app = answer(opened("demo=both&clock=live"), HERE, Found::Nobody);
        let plan = app.plan().unwrap();
        let app = after(app, Action::Engine(Event::Asked { run: 1, plan }));
        assert_eq!(app.unknown_server().as_deref(), Some(HERE));
        assert_eq!(app.companion.at(HERE), Some(Found::Nobody), "until then");
        let app = answer(app, HERE, Found::Companion);
        assert_eq!(app.unknown_server(), None);
        assert_eq!(app.companion.at(HERE), Some(Found::Companion));
    }

    #[test]
    fn every_problem_has_a_sentence() {
        for (name, found) in Found::NAMES {
            assert_eq!(Found::from_name(name), Some(found));
            if let Some(key) = found.problem() {
                for language in wakeline_phrases::Language::ALL {
                    assert!(language.find(key).is_some(), "{key}");
                }
            }
        }
        assert_eq!(Found::from_name(""), None);
    }
}
