//! What to run: arguments, checked against the demo's declaration.

use wakeline_demos::{Demo, demos, find};
use wakeline_protocol::{Clock, DemoSpec, Modes, Policy, Problem, Values};

use crate::arguments::Run;

/// The least and the greatest `--limit`, in events. The greatest makes a log of 2.8 GB.
const LIMITS: std::ops::RangeInclusive<u32> = 1..=100_000_000;

/// A run that makes sense.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) demo: String,
    /// Every parameter.
    pub(super) values: Values,
    pub(super) seed: u64,
    pub(super) policy: Policy,
    pub(super) clock: Clock,
    /// The companion server, if one was named; without a slash at the end.
    pub(super) server: Option<String>,
    pub(super) limit: u32,
    pub(super) needs_network: bool,
}

/// Checks what was asked for.
///
/// # Errors
/// Every problem that can be told at once.
pub(super) fn choose(options: &Run) -> Result<Choice, Vec<Problem>> {
    let demo = find(&options.demo).ok_or_else(|| vec![unknown_demo(&options.demo)])?;
    let spec = demo.spec();
    let mut problems = Vec::new();
    let mut note = |problem| problems.push(problem);
    let values = values(&spec, options).map_err(|more| more.into_iter().for_each(&mut note));
    let seed = seed(&options.seed).map_err(&mut note);
    let policy = policy(&options.policy).map_err(&mut note);
    let limit = limit(&options.limit).map_err(&mut note);
    let server = options.server.as_deref().map(server).transpose();
    let server = server.map_err(&mut note);
    let (Ok(values), Ok(seed), Ok(policy), Ok(limit), Ok(server)) =
        (values, seed, policy, limit, server)
    else {
        return Err(problems);
    };
    // A server that is named is meant to be asked.
    let is_live = options.live
        || spec.modes_with(&values) == Modes::Live
        || (spec.modes == Modes::Network && server.is_some());
    let needs_network = is_live && spec.modes != Modes::Any;
    Ok(Choice {
        demo: spec.slug,
        values,
        seed,
        policy,
        clock: match is_live {
            true => Clock::Live,
            false => Clock::Virtual,
        },
        server,
        limit,
        needs_network,
    })
}

/// The values of a preset, if one was named, with those of `--set` over them.
fn values(spec: &DemoSpec, options: &Run) -> Result<Values, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut pairs: Vec<(String, String)> = Vec::new();
    if let Some(name) = &options.preset {
        match spec.presets.iter().find(|preset| preset.name == *name) {
            Some(preset) => {
                let texts = preset.values.iter();
                pairs.extend(texts.map(|(name, value)| (name.clone(), value.to_string())));
            }
            None => problems.push(unknown_preset(spec, name)),
        }
    }
    for assignment in &options.set {
        match assignment.split_once('=') {
            Some((name, text)) => pairs.push((name.trim().to_owned(), text.to_owned())),
            None => problems.push(Problem::new("not-an-assignment").with("input", assignment)),
        }
    }
    // Of a name that stands twice, the last counts, and so does the last's problem.
    let parsed = spec.parse(pairs.iter().map(|(name, text)| (&**name, &**text)));
    match parsed {
        Ok(values) if problems.is_empty() => Ok(values),
        Ok(_) => Err(problems),
        Err(more) => {
            problems.extend(more);
            Err(problems)
        }
    }
}

fn seed(input: &str) -> Result<u64, Problem> {
    input
        .trim()
        .parse()
        .map_err(|_| Problem::new("not-a-seed").with("input", input))
}

fn policy(input: &str) -> Result<Policy, Problem> {
    let policy = Policy::from_text(input.trim());
    policy.ok_or_else(|| {
        Problem::new("not-a-policy")
            .with("input", input)
            .with("known", Policy::FORMS)
    })
}

fn limit(input: &str) -> Result<u32, Problem> {
    let limit = input.trim().parse().ok();
    limit.filter(|limit| LIMITS.contains(limit)).ok_or_else(|| {
        Problem::of("--limit", "out-of-range")
            .with("input", input)
            .with("min", LIMITS.start())
            .with("max", LIMITS.end())
    })
}

fn server(input: &str) -> Result<String, Problem> {
    if input.starts_with("https://") {
        return Err(Problem::new("no-tls").with("input", input));
    }
    Ok(input.trim_end_matches('/').to_owned())
}

/// The problem that there is no demo called `slug`.
pub(crate) fn unknown_demo(slug: &str) -> Problem {
    let known: Vec<&str> = demos().iter().map(Demo::slug).collect();
    Problem::new("unknown-demo")
        .with("demo", slug)
        .with("known", known.join(", "))
}

fn unknown_preset(spec: &DemoSpec, name: &str) -> Problem {
    let known: Vec<&str> = spec.presets.iter().map(|preset| &*preset.name).collect();
    Problem::new("unknown-preset")
        .with("demo", &spec.slug)
        .with("input", name)
        .with("known", known.join(", "))
}
