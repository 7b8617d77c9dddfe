//! Reading what the page asks for. What comes is untrusted: nothing in it may stop the engine.

use wakeline_protocol::{Problem, Request, RunRequest};

/// The greatest number of events that a log may be asked to have: 140 MB of memory.
const MOST_EVENTS: u32 = 5_000_000;

/// A request that is refused.
#[derive(Debug, PartialEq)]
pub(crate) struct Refusal {
    /// The run that it is about, 0 if that cannot be told.
    pub(crate) run: u32,
    /// Why.
    pub(crate) problems: Vec<Problem>,
}

/// Reads a message.
pub(crate) fn parse(text: &str) -> Result<Request, Refusal> {
    serde_json::from_str(text).map_err(|error| Refusal {
        run: run_of(text),
        problems: vec![Problem::new("malformed-request").with("detail", error)],
    })
}

/// The run that a malformed message seems to be about.
fn run_of(text: &str) -> u32 {
    let message: Option<serde_json::Value> = serde_json::from_str(text).ok();
    let run = message.as_ref().and_then(|message| message.get("run"));
    let run = run.and_then(serde_json::Value::as_u64);
    run.and_then(|run| u32::try_from(run).ok()).unwrap_or(0)
}

/// Checks what is about the run itself rather than about the demo, and reads the seed.
pub(crate) fn check(request: &RunRequest, last_run: u32) -> Result<u64, Refusal> {
    let mut problems = Vec::new();
    if request.run <= last_run {
        problems.push(out_of_range("run", request.run, last_run + 1, u32::MAX));
    }
    if !(1..=MOST_EVENTS).contains(&request.limit) {
        problems.push(out_of_range("limit", request.limit, 1, MOST_EVENTS));
    }
    if request.window == 0 {
        problems.push(out_of_range("window", 0, 1, u32::MAX));
    }
    let seed = request.seed.trim().parse();
    if seed.is_err() {
        problems.push(Problem::new("not-a-seed").with("input", &request.seed));
    }
    match seed {
        Ok(seed) if problems.is_empty() => Ok(seed),
        _ => Err(Refusal {
            run: request.run,
            problems,
        }),
    }
}

fn out_of_range(name: &str, input: u32, min: u32, max: u32) -> Problem {
    Problem::of(name, "out-of-range")
        .with("input", input)
        .with("min", min)
        .with("max", max)
}

#[cfg(test)]
mod tests {
    use wakeline_protocol::{Clock, Policy, Values};

    use super::*;

    fn request() -> RunRequest {
        RunRequest {
            run: 7,
            demo: "hello".to_owned(),
            params: Values::new(),
            seed: "42".to_owned(),
            policy: Policy::Fifo,
            clock: Clock::Virtual,
            server: String::new(),
            limit: 1000,
            window: 100,
        }
    }

    fn codes(request: &RunRequest, last_run: u32) -> Vec<String> {
        let refusal = check(request, last_run).unwrap_err();
        assert_eq!(refusal.run, request.run);
        refusal.problems.into_iter().map(|p| p.code).collect()
    }

    #[test]
    fn a_sound_request_gives_its_seed() {
        assert_eq!(check(&request(), 6), Ok(42));
    }

    #[test]
    fn seeds_that_are_no_numbers_of_64_bits_are_refused() {
        for seed in ["", "x", "-1", "1.5", "18446744073709551616"] {
            let mut request = request();
            request.seed = seed.to_owned();
            assert_eq!(codes(&request, 0), ["not-a-seed"], "{seed}");
        }
    }

    #[test]
    fn numbers_out_of_range_are_all_told_at_once() {
        let mut request = request();
        (request.limit, request.window) = (u32::MAX, 0);
        assert_eq!(codes(&request, 7), ["out-of-range"; 3]);
        request.limit = 0;
        assert_eq!(codes(&request, 0), ["out-of-range"; 2]);
    }

    #[test]
    fn what_is_no_message_is_refused_with_the_run_it_seems_to_be_about() {
        for (text, run) in [
            ("", 0),
            ("{", 0),
            ("null", 0),
            (r#"{"type":"dance","run":3}"#, 3),
            (r#"{"type":"stop","run":-1}"#, 0),
            (r#"{"type":"run","run":9,"seed":1}"#, 9),
        ] {
            let refusal = parse(text).unwrap_err();
            assert_eq!(refusal.run, run, "{text}");
            assert_eq!(refusal.problems[0].code, "malformed-request", "{text}");
        }
    }

    #[test]
    fn deep_nesting_does_not_exhaust_the_stack() {
        assert_eq!(parse(&"[".repeat(1_000_000)).unwrap_err().run, 0);
    }
}
