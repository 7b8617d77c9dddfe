//! Playing: how far the playhead moves in one frame.
//!
//! The playhead is a number of events: how many of the run have happened. Playing moves it along
//! the axis in proportion to real time, whatever the frame rate. Between two events it still
//! moves: [`Playback`] keeps a position on the axis for that, of which the playhead is the last
//! event.
//!
//! On the time axis many events share an instant: under a virtual clock, everything that happens
//! between two sleeps. A clock would jump over all of them at once, so the clock stands still
//! while they are walked, each for at least a frame ([`Speed::walk`]).

use wakeline_protocol::decimal;

/// How fast playing goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Speed(u8);

impl Speed {
    /// Every speed, slowest first.
    pub(crate) const ALL: [Self; 12] = [
        Self(0),
        Self(1),
        Self(2),
        Self(3),
        Self(4),
        Self(5),
        Self(6),
        Self(7),
        Self(8),
        Self(9),
        Self(10),
        Self(11),
    ];

    /// One second of the run in a second.
    pub(crate) const NORMAL: Self = Self(4);

    /// As fast as one can still watch: the whole run in [`LONGEST_AT_MOST`] seconds.
    pub(crate) const MOST: Self = Self(11);

    /// The factor to real time, `None` for [`MOST`](Self::MOST).
    pub(crate) fn factor(self) -> Option<f64> {
        (self != Self::MOST).then(|| 2f64.powi(i32::from(self.0) - i32::from(Self::NORMAL.0)))
    }

    /// The next faster speed; the fastest stays.
    pub(crate) fn faster(self) -> Self {
        Self((self.0 + 1).min(Self::MOST.0))
    }

    /// The next slower speed; the slowest stays.
    pub(crate) fn slower(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// A stable name: `1/16`, `1`, `64`, `max`.
    pub(crate) fn name(self) -> String {
        match self.factor() {
            None => "max".to_owned(),
            Some(factor) if factor < 1.0 => format!("1/{}", decimal::fixed(1.0 / factor, 0)),
            Some(factor) => decimal::write(factor),
        }
    }

    /// The speed with this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|speed| speed.name() == name)
    }

    /// How many simultaneous events one frame may show: one at normal speed and below, more in
    /// proportion above, or nothing would be gained by a higher speed.
    fn walk(self) -> u32 {
        self.factor()
            .map_or(u32::MAX, |factor| factor.max(1.0) as u32)
    }
}

/// Events per second on the step axis at normal speed: slow enough to read the picture.
const EVENTS_PER_SECOND: f64 = 8.0;

/// Seconds that a run takes at [`Speed::MOST`], unless it has less events than frames.
const LONGEST_AT_MOST: f64 = 4.0;

/// Real seconds that one frame can count for. A page that was hidden goes on where it stopped.
const LONGEST_FRAME: f64 = 0.1;

/// Events that one frame looks at one by one. What goes beyond is jumped over.
const MOST_LOOKED_AT: u32 = 4096;

/// What playing needs to know of a run. A *step* is a number of events that have happened, from
/// 0 to `end()`.
pub(crate) trait Track {
    /// The number of events.
    fn end(&self) -> u32;

    /// Whether playing keeps to a clock; otherwise it goes event by event.
    fn has_clock(&self) -> bool;

    /// The time of the last event of `step`, in nanoseconds of the clock; 0 for step 0.
    fn time(&self, step: u32) -> u64;

    /// The step after the last event that is not later than `time` (nanoseconds).
    fn step_at(&self, time: f64) -> u32;

    /// The first step after this one at which the picture differs; `None` if none does.
    fn next(&self, step: u32) -> Option<u32>;
}

/// Where playing stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Playback {
    position: f64,
    step: u32,
}

impl Playback {
    /// Begins at a step.
    pub(crate) fn at(track: &impl Track, step: u32) -> Self {
        let position = match track.has_clock() {
            true => track.time(step) as f64,
            false => f64::from(step),
        };
        Self { position, step }
    }

    /// The number of events that have happened.
    pub(crate) fn step(&self) -> u32 {
        self.step
    }

    /// The time of the clock, at the last event or between it and the next; without a clock the
    /// number of events, with a fraction.
    pub(crate) fn position(&self) -> f64 {
        self.position
    }

    /// Moves on by `elapsed` real seconds; true if the end of the run is reached.
    pub(crate) fn advance(&mut self, track: &impl Track, speed: Speed, elapsed: f64) -> bool {
        let elapsed = elapsed.clamp(0.0, LONGEST_FRAME);
        match (speed.factor(), track.has_clock()) {
            (None, _) => self.rush(track, elapsed),
            (Some(factor), false) => {
                let position = self.position + elapsed * factor * EVENTS_PER_SECOND;
                self.position = position.min(f64::from(track.end()));
                self.step = self.position as u32;
            }
            (Some(factor), true) => self.run_clock(track, elapsed * factor * 1e9, speed),
        }
        self.step >= track.end()
    }

    /// Moves the clock by up to `budget` nanoseconds and takes in what happens meanwhile.
    fn run_clock(&mut self, track: &impl Track, budget: f64, speed: Speed) {
        let clock_at_most = self.position + budget;
        let mut walk = speed.walk();
        for _ in 0..MOST_LOOKED_AT {
            let next = track.next(self.step).unwrap_or(track.end());
            let time = track.time(next) as f64;
            if next <= self.step || time > clock_at_most {
                self.position = clock_at_most.min(track.time(track.end()) as f64);
                return;
            }
            // An event of the instant at which the clock stands costs a place in this frame; the
            // first of a later instant costs one only if others share its instant.
            let simultaneous = time <= self.position;
            self.position = time.max(self.position);
            self.step = next;
            let others = track
                .next(next)
                .is_some_and(|following| track.time(following) as f64 <= time);
            if simultaneous || others {
                walk -= 1;
                if walk == 0 {
                    return;
                }
            }
        }
        self.position = clock_at_most.min(track.time(track.end()) as f64);
        self.step = track.step_at(self.position).max(self.step);
    }

    /// The whole run in a few seconds, but every frame shows something new.
    fn rush(&mut self, track: &impl Track, elapsed: f64) {
        let share = f64::from(track.end()) * elapsed / LONGEST_AT_MOST;
        let least = track.next(self.step).unwrap_or(track.end());
        self.step = self
            .step
            .saturating_add(share as u32)
            .max(least)
            .min(track.end());
        *self = Self::at(track, self.step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A run as the times of its events; all of them change the picture.
    struct Times(Vec<u64>, bool);

    impl Track for Times {
        fn has_clock(&self) -> bool {
            self.1
        }

        fn end(&self) -> u32 {
            self.0.len() as u32
        }

        fn time(&self, step: u32) -> u64 {
            match step {
                0 => 0,
                _ => self.0[step as usize - 1],
            }
        }

        fn step_at(&self, time: f64) -> u32 {
            self.0.partition_point(|&event| event as f64 <= time) as u32
        }

        fn next(&self, step: u32) -> Option<u32> {
            (step < self.end()).then_some(step + 1)
        }
    }

    const MS: u64 = 1_000_000;

    fn play(run: &Times, speed: Speed, frame: f64, seconds: f64) -> Playback {
        let mut playback = Playback::at(run, 0);
        for _ in 0..(seconds / frame).round() as u32 {
            playback.advance(run, speed, frame);
        }
        playback
    }

    #[test]
    fn the_clock_keeps_real_time_at_any_frame_rate() {
        let run = Times((1..=1000).map(|n| n * 10 * MS).collect(), true);
        for frame in [1.0 / 144.0, 1.0 / 60.0, 1.0 / 20.0] {
            let playback = play(&run, Speed::NORMAL, frame, 2.0);
            assert!((f64::from(playback.step()) - 200.0).abs() <= 1.0, "{frame}");
            assert!((playback.position() / 1e9 - 2.0).abs() < 0.01, "{frame}");
        }
        let half = play(&run, Speed::NORMAL.slower(), 1.0 / 60.0, 2.0);
        assert!((half.position() / 1e9 - 1.0).abs() < 0.01);
        let four = Speed::NORMAL.faster().faster();
        let fast = play(&run, four, 1.0 / 60.0, 2.0);
        assert!((fast.position() / 1e9 - 8.0).abs() < 0.1);
    }

    #[test]
    fn the_position_moves_between_events_and_the_step_does_not() {
        let run = Times(vec![0, 1000 * MS], true);
        let mut playback = Playback::at(&run, 1);
        assert!(!playback.advance(&run, Speed::NORMAL, 0.05));
        assert_eq!(playback.step(), 1);
        assert!((playback.position() - 5e7).abs() < 1.0);
    }

    #[test]
    fn each_of_the_events_of_an_instant_is_on_screen_for_a_frame() {
        let run = Times(vec![0, 0, 0, 0, 5 * MS, 5 * MS, 5 * MS, 20 * MS], true);
        let mut playback = Playback::at(&run, 0);
        let mut seen = vec![0];
        while !playback.advance(&run, Speed::NORMAL, 1.0 / 60.0) {
            seen.push(playback.step());
            assert!(seen.len() < 100);
        }
        seen.push(playback.step());
        seen.dedup();
        assert_eq!(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn a_higher_speed_walks_through_an_instant_faster() {
        let run = Times(vec![0; 64], true);
        let frames = |speed| {
            let mut playback = Playback::at(&run, 0);
            let mut frames = 1;
            while !playback.advance(&run, speed, 1.0 / 60.0) {
                frames += 1;
            }
            frames
        };
        assert_eq!(frames(Speed::NORMAL), 64);
        assert_eq!(frames(Speed::NORMAL.faster().faster()), 16);
    }

    #[test]
    fn the_step_axis_ignores_the_clock() {
        let run = Times(
            vec![0, 0, 0, 0, 0, 0, 0, 0, 3_000_000 * MS, 3_000_000 * MS],
            false,
        );
        let playback = play(&run, Speed::NORMAL, 1.0 / 60.0, 1.0);
        assert!((7..=8).contains(&playback.step()));
        let playback = play(&run, Speed::NORMAL, 1.0 / 60.0, 5.0);
        assert_eq!(playback.step(), 10);
    }

    #[test]
    fn the_highest_speed_takes_seconds_whatever_the_run() {
        let run = Times((0..1_000_000).map(|n| n * 1000 * MS).collect(), true);
        let mut playback = Playback::at(&run, 0);
        let mut frames = 1;
        while !playback.advance(&run, Speed::MOST, 1.0 / 60.0) {
            frames += 1;
        }
        assert!((200..300).contains(&frames), "{frames}");
        let short = Times(vec![0, 0, 9000 * MS], true);
        let mut playback = Playback::at(&short, 0);
        assert!(!playback.advance(&short, Speed::MOST, 1.0 / 60.0));
        assert_eq!(playback.step(), 1);
    }

    #[test]
    fn a_dense_second_is_not_looked_at_event_by_event() {
        let run = Times((0..3_000_000).map(|n| n * 300).collect(), true);
        let most = Speed::MOST.slower();
        let mut playback = Playback::at(&run, 0);
        playback.advance(&run, most, 1.0 / 100.0);
        assert!((playback.position() - 0.64e9).abs() < 1.0);
        assert_eq!(playback.step(), run.step_at(0.64e9));
    }

    #[test]
    fn a_hidden_page_does_not_make_up_for_lost_time() {
        let run = Times(vec![0, 60_000 * MS], true);
        let mut playback = Playback::at(&run, 1);
        assert!(!playback.advance(&run, Speed::NORMAL, 3600.0));
        assert!(playback.position() <= LONGEST_FRAME * 1e9);
    }

    #[test]
    fn speeds_have_names_that_read_back() {
        let names: Vec<String> = Speed::ALL.iter().map(|speed| speed.name()).collect();
        assert_eq!(names[0], "1/16");
        assert_eq!(names[4], "1");
        assert_eq!(names[10], "64");
        assert_eq!(names[11], "max");
        for speed in Speed::ALL {
            assert_eq!(Speed::from_name(&speed.name()), Some(speed));
        }
        assert_eq!(Speed::ALL[0].slower(), Speed::ALL[0]);
        assert_eq!(Speed::MOST.faster(), Speed::MOST);
    }
}
