//! Jobs and what they depend on, read from a text.

use std::time::Duration;

/// More jobs than that are refused.
const MOST_JOBS: usize = 50;

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) name: String,
    /// How long an attempt takes.
    pub(super) length: Duration,
    pub(super) priority: Priority,
    /// It does not start before so much time has passed.
    pub(super) not_before: Duration,
    /// The jobs that must be completed before, by their place in the list.
    pub(super) after: Vec<usize>,
    /// How often it is tried again; `None` for as often as any.
    pub(super) retries: Option<u32>,
    /// How long an attempt may take; `None` for as long as any.
    pub(super) limit: Option<Duration>,
    /// Every attempt fails.
    pub(super) fails: bool,
}

/// How urgent a job is; the most urgent is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Priority {
    Low,
    Normal,
    High,
    Critical,
}

/// Reads jobs such as `A 1000; B 500 high; C 300 after A,B at 2000 retries 2 limit 400 fails`.
/// Times are in milliseconds.
pub(super) fn read(text: &str) -> Result<Vec<Job>, String> {
    let mut jobs = Vec::new();
    let mut named = Vec::new();
    let entries = text.split(';').map(str::trim);
    for entry in entries.filter(|entry| !entry.is_empty()) {
        let (job, after) = entry_of(entry)?;
        if jobs.iter().any(|other: &Job| other.name == job.name) {
            return Err(format!("two jobs are called {}", job.name));
        }
        jobs.push(job);
        named.push(after);
    }
    if jobs.len() > MOST_JOBS {
        return Err(format!(
            "{} jobs; at most {MOST_JOBS} are taken",
            jobs.len()
        ));
    }
    for (number, names) in named.iter().enumerate() {
        for name in names {
            let found = jobs.iter().position(|job| job.name == *name);
            let missing = || format!("{} is after {name}, which is no job", jobs[number].name);
            let found = found.ok_or_else(missing)?;
            jobs[number].after.push(found);
        }
    }
    match cycle(&jobs) {
        Some(cycle) => Err(format!("the graph has a cycle: {}", cycle.join(" after "))),
        None => Ok(jobs),
    }
}

/// A job, and the names of those it comes after.
fn entry_of(entry: &str) -> Result<(Job, Vec<&str>), String> {
    let mut words = entry.split_whitespace();
    let name = words.next().unwrap_or_default();
    let mut job = Job {
        name: name.to_owned(),
        length: time(entry, words.next())?,
        priority: Priority::Normal,
        not_before: Duration::ZERO,
        after: Vec::new(),
        retries: None,
        limit: None,
        fails: false,
    };
    let mut after = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "low" => job.priority = Priority::Low,
            "normal" => job.priority = Priority::Normal,
            "high" => job.priority = Priority::High,
            "critical" => job.priority = Priority::Critical,
            "fails" => job.fails = true,
            "at" => job.not_before = time(entry, words.next())?,
            "limit" => job.limit = Some(time(entry, words.next())?),
            "retries" => job.retries = Some(number(entry, words.next(), 100)?),
            "after" => after.extend(words.next().unwrap_or_default().split(',')),
            _ => return Err(format!("`{entry}`: `{word}` means nothing")),
        }
    }
    Ok((job, after))
}

/// A time of at most ten minutes.
fn time(entry: &str, word: Option<&str>) -> Result<Duration, String> {
    let millis = number(entry, word, 600_000)?;
    Ok(Duration::from_millis(u64::from(millis)))
}

fn number(entry: &str, word: Option<&str>, most: u32) -> Result<u32, String> {
    let number = word.and_then(|word| word.parse().ok());
    let number = number.filter(|number| *number <= most);
    number.ok_or_else(|| {
        let found = word.unwrap_or("the end");
        format!("`{entry}`: a number from 0 to {most} is expected, not `{found}`")
    })
}

/// The names along a cycle, the first one again at the end, if there is one.
fn cycle(jobs: &[Job]) -> Option<Vec<&str>> {
    // Whatever can be done is taken out. What is left then is in a cycle or comes after one.
    let mut left = vec![true; jobs.len()];
    let is_stuck = |left: &[bool], number: usize| jobs[number].after.iter().any(|job| left[*job]);
    while let Some(free) = (0..jobs.len()).find(|job| left[*job] && !is_stuck(&left, *job)) {
        left[free] = false;
    }
    let mut path = vec![left.iter().position(|left| *left)?];
    loop {
        let last = path[path.len() - 1];
        let before = jobs[last].after.iter().find(|job| left[**job]);
        let before = *before?;
        let seen = path.iter().position(|job| *job == before);
        path.push(before);
        if let Some(seen) = seen {
            let names = path[seen..].iter().map(|job| &*jobs[*job].name);
            return Some(names.collect());
        }
    }
}
