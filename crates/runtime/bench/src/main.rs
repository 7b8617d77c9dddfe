//! Prints what an operation costs, beside what it costs others.

use std::process::ExitCode;

use wakeline_bench::{harness, workloads};

const HELP: &str = "\
cargo bench -p wakeline -- [OPTIONS]

  --quick            three rounds, sizes up to a thousand and the fixed ones
  --filter TEXT      only workloads whose title contains TEXT, as in `yield, tasks at 1000`
  --rounds N         rounds, in which everybody takes a turn (7)
  --largest N        sizes up to N (100000; the workloads have 1000000 too)
  --list             the workloads and who does them
  --one WORKLOAD SUBJECT SIZE PASSES
                     one of them alone, for a profiler
  --times N          with --one: so often in one process, and the last counts
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}\n\n{HELP}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), String> {
    let workloads = workloads::all();
    let mut settings = harness::Settings {
        rounds: 7,
        largest: 100_000,
        filter: String::new(),
    };
    let mut times = 1;
    let mut arguments = std::env::args().skip(1);
    let next = |arguments: &mut std::iter::Skip<std::env::Args>, option: &str| {
        arguments
            .next()
            .ok_or_else(|| format!("{option} needs a value"))
    };
    let number = |text: String| {
        text.parse::<usize>()
            .ok()
            .filter(|number| *number > 0)
            .ok_or_else(|| format!("“{text}” is no number above 0"))
    };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // Cargo adds this.
            "--bench" => {}
            "--quick" => (settings.rounds, settings.largest) = (3, 10_000),
            "--filter" => settings.filter = next(&mut arguments, "--filter")?,
            "--rounds" => settings.rounds = number(next(&mut arguments, "--rounds")?)?,
            "--largest" => settings.largest = number(next(&mut arguments, "--largest")?)?,
            "--list" => {
                for workload in &workloads {
                    println!("{}", workload.name);
                    for subject in &workload.subjects {
                        println!("  {}", subject.name);
                    }
                }
                return Ok(());
            }
            "--times" => times = number(next(&mut arguments, "--times")?)?,
            "--one" => {
                let workload = next(&mut arguments, "--one")?;
                let subject = next(&mut arguments, "--one")?;
                let size = number(next(&mut arguments, "--one")?)?;
                let passes = number(next(&mut arguments, "--one")?)?;
                let run = || harness::run_one(&workloads, &workload, &subject, size, passes);
                for _ in 1..times {
                    run()?;
                }
                println!("{:.2}", run()?.nanos());
                return Ok(());
            }
            "--help" | "-h" => {
                println!("{HELP}");
                return Ok(());
            }
            other => return Err(format!("unknown option “{other}”")),
        }
    }
    harness::run(&workloads, &settings);
    Ok(())
}
