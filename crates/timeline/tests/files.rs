//! A file that is taken in piece by piece gives the same as the whole file at once.

use proptest::prelude::*;
use wakeline::log::{DecodeError, Event, Kind, Log, encode};
use wakeline_timeline::Model;

const EVENT: Event = Event {
    time: 0,
    kind: Kind::RunBegun,
    flags: 0,
    location: 0,
    subject: 0,
    object: 0,
    value: 0,
};

/// A log with more events than one piece has.
fn long() -> Log {
    let mut log = Log::new();
    log.meta = "{}".to_owned();
    let text = u64::from(log.strings.intern("a line of text"));
    for number in 0..100_000_u64 {
        log.columns.push(Event {
            time: number / 3,
            kind: [Kind::Line, Kind::PollBegun, Kind::PollEnded][number as usize % 3],
            subject: number as u32 % 17,
            value: if number % 3 == 0 { text } else { number },
            ..EVENT
        });
    }
    log
}

fn whole(file: &[u8]) -> Result<(bool, usize), DecodeError> {
    let mut model = Model::new();
    let complete = model.append(file)?.complete;
    Ok((complete, model.len()))
}

fn in_pieces(file: &[u8]) -> Result<(bool, usize), DecodeError> {
    let mut model = Model::new();
    let complete = model.append_file(file.len(), |part| {
        assert!(part.len() < 1_500_000, "a piece of {} bytes", part.len());
        file[part].to_vec()
    })?;
    Ok((complete, model.len()))
}

#[test]
fn a_long_file_comes_in_whole_and_never_at_once() {
    let file = encode(&long());
    assert_eq!(in_pieces(&file), Ok((true, 100_000)));
    let mut model = Model::new();
    let complete = model.append_file(file.len(), |part| file[part].to_vec());
    assert_eq!(complete, Ok(true));
    assert_eq!(encode(model.log()), file);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn damage_is_found_at_the_same_place(at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
        static FILE: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| encode(&long()));
        let mut file = FILE.clone();
        let at = at.index(file.len());
        file[at] = byte;
        // What lies about its length may be given as a whole: the places are still the same.
        let pieces = |file: &[u8]| {
            let mut model = Model::new();
            let complete = model.append_file(file.len(), |part| file[part].to_vec());
            complete.map(|complete| (complete, model.len()))
        };
        prop_assert_eq!(pieces(&file), whole(&file));
        let mut short = FILE.clone();
        short.truncate(cut.index(short.len()));
        prop_assert_eq!(pieces(&short).is_ok(), whole(&short).is_ok());
    }

    #[test]
    fn the_first_bytes_are_read_with_the_same_care(at in 0_usize..120, byte: u8, length in 0_usize..200) {
        let mut log = Log::new();
        log.meta = "{}".to_owned();
        log.strings.intern("a text");
        log.columns.push(EVENT);
        let mut file = encode(&log);
        file.truncate(length);
        if let Some(place) = file.get_mut(at) {
            *place = byte;
        }
        let mut model = Model::new();
        let complete = model.append_file(file.len(), |part| file[part].to_vec());
        prop_assert_eq!(complete.map(|complete| (complete, model.len())), whole(&file));
    }
}
