//! The recorder: appends events to the log, with text and places interned.

#[cfg(feature = "trace")]
use std::collections::{BTreeMap, HashMap};

#[cfg(feature = "trace")]
use crate::log::SourceLocation;
use crate::log::{Event, Log};
use crate::record::Site;

/// How many places are found without a search. A power of two.
#[cfg(feature = "trace")]
const RECENT: usize = 64;

/// Which places are in the log already.
#[cfg(feature = "trace")]
#[derive(Debug)]
struct Places {
    /// The places seen last, by some bits of the address of their `Location`: a program records
    /// few places over and over.
    recent: [(usize, u16); RECENT],
    /// By the address of their `Location`; only ever looked up in.
    by_address: HashMap<usize, u16>,
    /// By content: the same place may have several addresses.
    by_content: BTreeMap<(u32, u32, u32), u16>,
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// It is in the log, which has room for more.
    Left,
    /// It is in the log, which has as many events as it may.
    Used,
    /// It is not in the log: that was full.
    Refused,
}

/// The log of a run, and what it takes to write it.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) log: Log,
    /// How many more events the log may have.
    room: usize,
    /// The run is being ended: what that takes is recorded even beyond the limit.
    pub(crate) ending: bool,
    #[cfg(feature = "trace")]
    places: Places,
}

impl Recorder {
    pub(crate) fn new(limit: usize, meta: String) -> Self {
        let mut log = Log::new();
        log.meta = meta;
        Self {
            log,
            room: limit,
            ending: false,
            #[cfg(feature = "trace")]
            places: Places {
                recent: [(0, 0); RECENT],
                by_address: HashMap::new(),
                by_content: BTreeMap::new(),
            },
        }
    }

    /// Appends an event; one beyond the limit is dropped, and the run ends after this poll.
    #[inline]
    pub(crate) fn push(&mut self, mut event: Event, site: Option<Site>) -> Room {
        if self.room == 0 {
            if !self.ending {
                return Room::Refused;
            }
            self.room = 1;
        }
        if let Some(site) = site {
            event.location = self.place(site);
        }
        self.log.columns.push(event);
        self.room -= 1;
        match self.room {
            0 => Room::Used,
            _ => Room::Left,
        }
    }

    #[cfg(feature = "trace")]
    #[inline]
    fn place(&mut self, site: Site) -> u16 {
        let address = std::ptr::from_ref(site.location()).addr();
        // A location is 24 bytes, or 16 in WebAssembly: the lowest bits say nothing.
        let recent = address / 8 % RECENT;
        let (known, place) = self.places.recent[recent];
        if known == address {
            return place;
        }
        let place = self.search_place(site);
        self.places.recent[recent] = (address, place);
        place
    }

    #[cfg(feature = "trace")]
    #[cold]
    #[inline(never)]
    fn search_place(&mut self, site: Site) -> u16 {
        let location = site.location();
        let address = std::ptr::from_ref(location).addr();
        if let Some(&known) = self.places.by_address.get(&address) {
            return known;
        }
        let known = self.place_of(location.file(), location.line(), location.column());
        self.places.by_address.insert(address, known);
        known
    }

    /// The place with this content, put into the table if it is not there.
    #[cfg(feature = "trace")]
    pub(crate) fn place_of(&mut self, file: &str, line: u32, column: u32) -> u16 {
        let file = self.log.strings.intern(&short_name(file));
        let content = (file, line, column);
        let next = u16::try_from(self.log.locations.len()).unwrap_or(0);
        let known = *self.places.by_content.entry(content).or_insert(next);
        if known == next && next != 0 {
            self.log
                .locations
                .push(SourceLocation { file, line, column });
        }
        known
    }

    #[cfg(not(feature = "trace"))]
    fn place(&mut self, _: Site) -> u16 {
        0
    }
}

/// The crate's folder and what follows (`demos/src/hello.rs`), so that a log does not depend on
/// where the source lies or how the machine writes paths.
#[cfg(feature = "trace")]
fn short_name(file: &str) -> String {
    let file = file.replace('\\', "/");
    let start = ["/src/", "/tests/", "/examples/", "/benches/"]
        .iter()
        .filter_map(|folder| file.rfind(folder))
        .max()
        .map_or(0, |at| file[..at].rfind('/').map_or(0, |slash| slash + 1));
    file[start..].to_owned()
}

#[cfg(all(test, feature = "trace"))]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_not_tell_where_the_source_lies() {
        for (long, short) in [
            ("crates/demos/src/hello.rs", "demos/src/hello.rs"),
            (
                "/home/somebody/wakeline/crates/demos/src/net/fetch.rs",
                "demos/src/net/fetch.rs",
            ),
            (r"C:\work\crates\demos\src\hello.rs", "demos/src/hello.rs"),
            ("src/lib.rs", "src/lib.rs"),
            ("crates/runtime/tests/join.rs", "runtime/tests/join.rs"),
        ] {
            assert_eq!(short_name(long), short);
        }
    }
}
