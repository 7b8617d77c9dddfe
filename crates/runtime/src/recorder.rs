//! The recorder: appends events to the log, with text and places interned.

#[cfg(feature = "trace")]
use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    /// How many events the log may have.
    limit: usize,
    /// Up to so many, an event is appended without a look at the limit or at the end of a chunk.
    /// Never the last that the log may have.
    quick: usize,
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
            limit,
            quick: 0,
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
    pub(crate) fn push(&mut self, mut event: Event, site: Option<Site>) -> Room {
        if self.log.len() >= self.limit && !self.ending {
            return Room::Refused;
        }
        if let Some(site) = site {
            event.location = self.place(site);
        }
        self.log.columns.push(event);
        let len = self.log.len();
        self.quick = (len + self.log.columns.room()).min(self.limit.saturating_sub(1));
        match len < self.limit {
            true => Room::Left,
            false => Room::Used,
        }
    }

    /// Appends an event whose kind and flags are in `rest`, if there is room and its place is one
    /// of those seen last: its number in the log.
    #[inline]
    pub(crate) fn push_quick(
        &mut self,
        time: u64,
        rest: u32,
        site: Option<Site>,
        parties: u64,
        value: u64,
    ) -> Option<usize> {
        let at = self.log.len();
        if at >= self.quick {
            return None;
        }
        let place = match site {
            None => 0,
            Some(site) => self.recent_place(site)?,
        };
        let rest = rest | u32::from(place);
        self.log.columns.push_parts(time, value, parties, rest);
        Some(at)
    }

    #[cfg(feature = "trace")]
    fn place(&mut self, site: Site) -> u16 {
        if let Some(place) = self.recent_place(site) {
            return place;
        }
        let place = self.search_place(site);
        let (recent, address) = Self::recent(site);
        self.places.recent[recent] = (address, place);
        place
    }

    /// Where a place is among those seen last, and its address.
    #[cfg(feature = "trace")]
    #[inline]
    fn recent(site: Site) -> (usize, usize) {
        let address = std::ptr::from_ref(site.location()).addr();
        // A location is 24 bytes, or 16 in WebAssembly: the lowest bits say nothing.
        (address / 8 % RECENT, address)
    }

    /// Lets go of events before number `before`, a whole chunk at a time, which makes room for as
    /// many, and of all text but names of files: somebody else has it, and who says it again gets
    /// another number for it.
    #[cfg(feature = "trace")]
    pub(crate) fn let_go(&mut self, before: usize) {
        let gone = self.log.columns.let_go(before);
        if gone > 0 {
            let files: BTreeSet<u32> = self.log.locations.iter().map(|at| at.file).collect();
            self.log.strings.retain(|text| files.contains(&text));
        }
        // Numbers of events have 32 bits.
        self.limit = self.limit.saturating_add(gone).min(u32::MAX as usize);
    }

    #[cfg(feature = "trace")]
    #[inline]
    fn recent_place(&self, site: Site) -> Option<u16> {
        let (recent, address) = Self::recent(site);
        let (known, place) = self.places.recent[recent];
        (known == address).then_some(place)
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

    #[cfg(not(feature = "trace"))]
    fn recent_place(&self, _: Site) -> Option<u16> {
        None
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
