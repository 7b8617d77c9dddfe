//! What a browser costs: the processor time of all of its processes, from `/proc`.

use std::fs;
use std::time::Duration;

/// The processor time that a process and all that it started have used so far; `None` where the
/// system has no `/proc`.
#[must_use]
pub fn time(root: u32) -> Option<Duration> {
    let mut processes = Vec::new();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let number = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        let stat = number.and_then(|number| read(number, &entry.path().join("stat")));
        processes.extend(stat);
    }
    let mut family = vec![root];
    let mut ticks = 0;
    while let Some(parent) = family.pop() {
        ticks += processes
            .iter()
            .find(|process| process.number == parent)
            .map_or(0, |process| process.ticks);
        let children = processes.iter().filter(|process| process.parent == parent);
        family.extend(children.map(|process| process.number));
    }
    let second = rustix::param::clock_ticks_per_second();
    Some(Duration::from_secs(ticks) / u32::try_from(second).ok()?)
}

struct Process {
    number: u32,
    parent: u32,
    ticks: u64,
}

fn read(number: u32, stat: &std::path::Path) -> Option<Process> {
    // A process may end between these lines.
    let stat = fs::read_to_string(stat).ok()?;
    // The name stands in parentheses and may hold anything; what follows are numbers.
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let field = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    Some(Process {
        number,
        parent: u32::try_from(field(1)?).ok()?,
        ticks: field(11)? + field(12)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_worked_has_used_time() {
        let mut sum = 0_u64;
        let own = std::process::id();
        // Ticks are a hundredth of a second as a rule: work until one has passed.
        while time(own).is_some_and(|time| time.is_zero()) {
            sum = (0..1_000_000_u64).fold(sum, u64::wrapping_add);
        }
        assert!(time(u32::MAX).is_none_or(|time| time.is_zero()), "{sum}");
    }
}
