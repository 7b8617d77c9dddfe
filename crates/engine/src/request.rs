//! Reading what the page asks for. What comes is untrusted: nothing in it may stop the engine.
//!
//! Fields are taken by hand from the JSON value that the demos need anyway: what serde derives for
//! these types, tagged and untagged as they are, would be a twentieth of the engine.

use serde_json::Value as Json;
use wakeline_protocol::{Clock, Policy, Problem, Request, RunRequest, Value, Values};

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
    let malformed = |run, problem: Problem| Refusal {
        run,
        problems: vec![problem],
    };
    let message: Json = serde_json::from_str(text)
        .map_err(|error| malformed(0, Problem::new("malformed-request").with("detail", error)))?;
    let fields = Fields(&message);
    fields.request().map_err(|name| {
        // The run that a malformed message seems to be about.
        let run = fields.u32("run").unwrap_or(0);
        malformed(run, Problem::new("malformed-request").with("detail", name))
    })
}

/// The fields of a message; what is missing or of another type is told by its name.
struct Fields<'a>(&'a Json);

impl Fields<'_> {
    fn request(&self) -> Result<Request, &'static str> {
        match self.text("type")? {
            "run" => Ok(Request::Run(RunRequest {
                run: self.u32("run")?,
                demo: self.text("demo")?.to_owned(),
                params: self.values("params")?,
                seed: self.text("seed")?.to_owned(),
                policy: self.policy("policy")?,
                clock: self.clock("clock")?,
                server: self.text("server")?.to_owned(),
                limit: self.u32("limit")?,
                newest: self.flag("newest")?,
                window: self.u32("window")?,
            })),
            "stop" => Ok(Request::Stop {
                run: self.u32("run")?,
            }),
            "taken" => Ok(Request::Taken {
                run: self.u32("run")?,
                events: self.u32("events")?,
            }),
            _ => Err("type"),
        }
    }

    fn text(&self, name: &'static str) -> Result<&str, &'static str> {
        self.0.get(name).and_then(Json::as_str).ok_or(name)
    }

    fn flag(&self, name: &'static str) -> Result<bool, &'static str> {
        self.0.get(name).and_then(Json::as_bool).ok_or(name)
    }

    fn u32(&self, name: &'static str) -> Result<u32, &'static str> {
        let number = self.0.get(name).and_then(Json::as_u64).ok_or(name)?;
        u32::try_from(number).map_err(|_| name)
    }

    fn policy(&self, name: &'static str) -> Result<Policy, &'static str> {
        Policy::try_from(self.text(name)?.to_owned()).map_err(|_| name)
    }

    fn clock(&self, name: &'static str) -> Result<Clock, &'static str> {
        match self.text(name)? {
            "virtual" => Ok(Clock::Virtual),
            "live" => Ok(Clock::Live),
            _ => Err(name),
        }
    }

    fn values(&self, name: &'static str) -> Result<Values, &'static str> {
        let given = self.0.get(name).and_then(Json::as_object).ok_or(name)?;
        let mut values = Values::new();
        for (key, value) in given {
            values.insert(key.clone(), self::value(value).ok_or(name)?);
        }
        Ok(values)
    }
}

fn value(json: &Json) -> Option<Value> {
    match json {
        Json::Bool(flag) => Some(Value::Flag(*flag)),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Some(Value::Integer(number)),
            None => number.as_f64().map(Value::Number),
        },
        Json::String(text) => Some(Value::Text(text.clone())),
        _ => None,
    }
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
            newest: false,
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
    fn every_request_is_read_as_serde_writes_it() {
        let mut run = request();
        run.params = Values::from([
            ("flag".to_owned(), Value::Flag(true)),
            ("number".to_owned(), Value::Number(-2.5)),
            ("text".to_owned(), Value::Text("a".to_owned())),
            ("whole".to_owned(), Value::Integer(i64::MIN)),
        ]);
        let mut live = run.clone();
        (live.clock, live.policy) = (Clock::Live, Policy::Random);
        for request in [
            Request::Run(run),
            Request::Run(live),
            Request::Stop { run: 3 },
            Request::Taken { run: 4, events: 5 },
        ] {
            let text = serde_json::to_string(&request).unwrap();
            assert_eq!(parse(&text), Ok(request), "{text}");
        }
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
