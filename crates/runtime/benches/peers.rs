//! `cargo bench -p wakeline`: builds the package `bench` beside this one, and runs it.
//!
//! The peers are a package of their own, outside of the workspace, so that no other build or test
//! compiles them. What needs two builds, or a profiler, is done here: what recording costs when
//! it is compiled out, off and on; and how many instructions an operation takes.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

type Result<T> = std::result::Result<T, String>;

/// Instructions per operation may differ by this much between sizes.
const TOLERANCE: f64 = 0.02;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let only = |option: &str| arguments.iter().any(|argument| argument == option);
    let full = build("full", &[])?;
    if only("--instructions") {
        return instructions(&full);
    }
    if only("--memory") {
        return show(&full, "memory", &[]);
    }
    if only("--recording") {
        return recording(&full);
    }
    show(&full, "wakeline-bench", arguments)?;
    if arguments.is_empty() || arguments == ["--quick"] {
        println!();
        recording(&full)?;
        println!();
        show(&full, "memory", &[])?;
        println!(
            "\nalone: --recording, --memory; instructions per operation, counted by valgrind: --instructions"
        );
    }
    Ok(())
}

/// Builds one variant; the folder of its programs.
fn build(variant: &str, options: &[&str]) -> Result<PathBuf> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/Cargo.toml");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{variant}"));
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(&target)
        .args(options)
        .status()
        .map_err(|error| format!("cargo does not run: {error}"))?;
    if !status.success() {
        return Err("the benches do not build".to_owned());
    }
    Ok(target.join("release"))
}

fn show(folder: &Path, program: &str, arguments: &[String]) -> Result<()> {
    let status = Command::new(folder.join(program))
        .args(arguments)
        .status()
        .map_err(|error| format!("{program} does not run: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{program} failed"))
    }
}

/// Runs a command for what it prints.
fn output(command: &mut Command) -> Result<(String, String)> {
    let output = command
        .output()
        .map_err(|error| format!("{command:?} does not run: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok((text(&output.stdout), text(&output.stderr)))
    } else {
        Err(format!("{command:?} failed: {}", text(&output.stderr)))
    }
}

// ===== what recording costs =====

/// Two polls of one task: begun, ready again, ended.
const EVENTS_PER_YIELD: f64 = 3.0;
const ROUNDS: usize = 9;

/// A variant of the run loop, and the environment of its process.
struct Variant<'a> {
    name: &'static str,
    folder: &'a Path,
    subject: &'static str,
    environment: &'static [(&'static str, &'static str)],
    /// How often the whole is run in one process; the last counts.
    times: &'static str,
}

fn recording(full: &Path) -> Result<()> {
    let bare = build("bare", &["--no-default-features"])?;
    let variants = [
        Variant {
            name: "compiled out",
            folder: &bare,
            subject: "wakeline",
            environment: &[],
            times: "1",
        },
        Variant {
            name: "compiled in, off",
            folder: full,
            subject: "wakeline",
            environment: &[],
            times: "1",
        },
        // glibc keeps what was freed, so that the log of the second run lies in memory that the
        // process has. What the system takes to give it fresh memory is the next variant.
        Variant {
            name: "on, memory at hand",
            folder: full,
            subject: "wakeline, recording",
            environment: &[
                ("MALLOC_MMAP_MAX_", "0"),
                ("MALLOC_TRIM_THRESHOLD_", "4000000000"),
            ],
            times: "2",
        },
        Variant {
            name: "on, fresh memory",
            folder: full,
            subject: "wakeline, recording",
            environment: &[],
            times: "1",
        },
    ];
    let mut taken = vec![Vec::new(); variants.len()];
    for round in 0..ROUNDS {
        for place in 0..variants.len() {
            let which = (place + round) % variants.len();
            taken[which].push(nanos(&variants[which])?);
        }
    }
    println!("recording, by 1000 tasks that give way (ns per yield)");
    println!("  {:<34} {:>9} {:>9}", "", "minimum", "median");
    let mut least = Vec::new();
    for (variant, times) in variants.iter().zip(&mut taken) {
        times.sort_by(f64::total_cmp);
        least.push(times[0]);
        let median = times[times.len() / 2];
        println!("  {:<34} {:>9.2} {median:>9.2}", variant.name, times[0]);
    }
    println!(
        "  off costs {:.2} ns a yield; on costs {:.2} ns an event, and {:.2} in fresh memory ({EVENTS_PER_YIELD} events a yield)",
        least[1] - least[0],
        (least[2] - least[1]) / EVENTS_PER_YIELD,
        (least[3] - least[1]) / EVENTS_PER_YIELD,
    );
    Ok(())
}

fn nanos(variant: &Variant<'_>) -> Result<f64> {
    let one = ["--one", "yield, tasks", variant.subject, "1000", "10"];
    let (printed, _) = output(
        Command::new(variant.folder.join("wakeline-bench"))
            .args(["--times", variant.times])
            .args(one)
            .envs(variant.environment.iter().copied()),
    )?;
    printed
        .trim()
        .parse()
        .map_err(|_| format!("no time: {printed}"))
}

// ===== instructions =====

/// What must not depend on how many there are.
const COUNTED: [(&str, &str); 7] = [
    ("spawn and finish", "wakeline"),
    ("spawn and join", "wakeline"),
    ("yield, tasks", "wakeline"),
    ("abort", "wakeline"),
    ("timer armed and cancelled", "wakeline"),
    ("timer armed and cancelled among others", "wakeline"),
    ("yield, tasks", "wakeline, recording"),
];

/// The same program with two numbers of passes: the difference is what the passes took, without
/// what surrounds them.
fn instructions(full: &Path) -> Result<()> {
    println!("instructions per operation, counted by valgrind");
    println!("  {:<46} {:>9} {:>9} {:>8}", "", "1000", "100000", "change");
    let mut failed = false;
    for (workload, subject) in COUNTED {
        let few = per_operation(full, workload, subject, 1_000, 30)?;
        let many = per_operation(full, workload, subject, 100_000, 2)?;
        let change = many / few - 1.0;
        failed |= change.abs() > TOLERANCE;
        println!(
            "  {:<46} {few:>9.1} {many:>9.1} {:>7.2}%",
            format!("{workload}: {subject}"),
            change * 100.0
        );
    }
    if failed {
        return Err(format!("some differ by more than {} %", TOLERANCE * 100.0));
    }
    Ok(())
}

fn per_operation(
    full: &Path,
    workload: &str,
    subject: &str,
    size: usize,
    passes: usize,
) -> Result<f64> {
    // With fewer tasks each gives way more often, so that a pass is long enough to count.
    let turns = if workload.starts_with("yield") {
        (100_000 / size).max(10)
    } else if workload.ends_with("among others") {
        return among_others(full, workload, subject, size);
    } else {
        1
    };
    // The first two passes are where memory is first asked for.
    let (first, second) = (2, 2 + passes);
    let difference = counted(full, workload, subject, size, second)?
        - counted(full, workload, subject, size, first)?;
    Ok(difference / (passes * size * turns) as f64)
}

/// There, the size is that of the surroundings, and a pass is always as long.
fn among_others(full: &Path, workload: &str, subject: &str, size: usize) -> Result<f64> {
    let difference =
        counted(full, workload, subject, size, 6)? - counted(full, workload, subject, size, 2)?;
    Ok(difference / (4.0 * 100_000.0))
}

fn counted(full: &Path, workload: &str, subject: &str, size: usize, passes: usize) -> Result<f64> {
    let one = [
        "--one",
        workload,
        subject,
        &size.to_string(),
        &passes.to_string(),
    ];
    let (_, report) = output(
        Command::new("valgrind")
            .args([
                "--tool=cachegrind",
                "--cache-sim=no",
                "--cachegrind-out-file=/dev/null",
            ])
            .arg(full.join("wakeline-bench"))
            .args(one),
    )?;
    report
        .lines()
        .find(|line| line.contains("I refs:") || line.contains("I   refs:"))
        .and_then(|line| line.rsplit(' ').next())
        .and_then(|count| count.replace(',', "").parse().ok())
        .ok_or_else(|| format!("no count of instructions: {report}"))
}
