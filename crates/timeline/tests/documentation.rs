//! The description of the log for outsiders names everything that a log can hold.

use wakeline::log::{
    Carried, Cause, FindingKind, Kind, LineLevel, MessageDirection, NetworkPhase, Outcome,
    PollResult, Reason, ResourceKind, TimerPurpose, TraceLevel,
};

const PAGE: &str = include_str!("../../../docs/log.md");

/// The rows of the table under a heading: code and name.
fn rows(heading: &str) -> Vec<(u8, String)> {
    let start = PAGE.find(&format!("\n{heading}\n")).expect(heading) + heading.len() + 2;
    let level = format!("\n{} ", heading.split(' ').next().unwrap_or("#"));
    let section = &PAGE[start..];
    let end = section.find(&level).unwrap_or(section.len());
    let row = |line: &str| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let code = cells.next()?.parse().ok()?;
        let name = cells.next()?.strip_prefix('`')?.strip_suffix('`')?;
        Some((code, name.to_owned()))
    };
    section[..end].lines().filter_map(row).collect()
}

macro_rules! compare {
    ($heading:literal, $codes:ty) => {
        let expected: Vec<(u8, String)> = <$codes>::ALL
            .iter()
            .map(|code| (code.code(), code.name().to_owned()))
            .collect();
        assert_eq!(rows($heading), expected, "{}", $heading);
    };
}

#[test]
fn every_code_is_described_under_its_name() {
    compare!("## Kinds", Kind);
    compare!("### Outcomes", Outcome);
    compare!("### Causes", Cause);
    compare!("### Poll results", PollResult);
    compare!("### Resources", ResourceKind);
    compare!("### Reasons", Reason);
    compare!("### Timer purposes", TimerPurpose);
    compare!("### Network phases", NetworkPhase);
    compare!("### Message directions", MessageDirection);
    compare!("### Line levels", LineLevel);
    compare!("### Trace levels", TraceLevel);
    compare!("### Findings", FindingKind);
    compare!("### Carried", Carried);
}
