//! Compares programs with what their files expect: `compare FILE…` prints every difference.

use std::process::ExitCode;

fn main() -> ExitCode {
    let (mut all, mut exact, mut but_for_turns) = (0, 0, 0);
    for file in std::env::args().skip(1) {
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(error) => {
                eprintln!("{file}: {error}");
                return ExitCode::from(2);
            }
        };
        let programs = match wakeline_scenario::parse(&text) {
            Ok(programs) => programs,
            Err(problem) => {
                eprintln!("{file}: {problem}");
                return ExitCode::from(2);
            }
        };
        for program in &programs {
            all += 1;
            let id = program.id().unwrap_or(&file);
            let report = match wakeline_scenario::run(program) {
                Ok(report) => report,
                Err(stopped) => {
                    println!("{id}: {stopped}");
                    continue;
                }
            };
            match report.difference(program) {
                None => exact += 1,
                Some(difference) => match report.difference_but_for_turns(program) {
                    None => {
                        but_for_turns += 1;
                        println!("{id} (turns): {difference}");
                    }
                    Some(_) => println!("{id}: {difference}"),
                },
            }
        }
    }
    println!("{all} programs, {exact} exact, {but_for_turns} but for the order of turns");
    if exact == all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
