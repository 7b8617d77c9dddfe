//! Lists the files of lessons for `src/lesson/`, so that a lesson is there as soon as its files
//! are, and a demo can be written before its lesson.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    // Whoever leaves the lessons out must not be built again when one changes.
    if env::var_os("CARGO_FEATURE_LESSONS").is_none() {
        return Ok(());
    }
    println!("cargo::rerun-if-changed=lessons");
    let folder = fs::canonicalize("lessons")?;
    let structures = table("STRUCTURES", &folder, "json")?;
    let programs = table("PROGRAMS", &folder.join("asyncio"), "py")?;
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("lessons.rs"), structures + &programs)
}

/// A table of names and contents: the files with this extension, sorted by name, since a folder
/// lists them in an order of its own.
fn table(name: &str, folder: &Path, extension: &str) -> io::Result<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    paths.sort();
    let rows = paths.iter().filter_map(|path| {
        let stem = path.file_stem()?.to_str()?;
        Some(format!("({stem:?}, include_str!({:?})),", path.to_str()?))
    });
    let rows: String = rows.collect();
    Ok(format!("static {name}: &[(&str, &str)] = &[{rows}];\n"))
}
