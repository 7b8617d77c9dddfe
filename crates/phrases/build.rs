//! Lists the texts of lessons for `src/lessons.rs`, so that a lesson is there as soon as its files
//! are.

use std::path::Path;
use std::{env, fs, io};

/// Where the texts are, seen from this package.
const LESSONS: &str = "../../www/lessons";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    // Whoever leaves the lessons out must not be built again when one changes.
    if env::var_os("CARGO_FEATURE_LESSONS").is_none() {
        return Ok(());
    }
    println!("cargo::rerun-if-changed={LESSONS}");
    let folder = fs::canonicalize(LESSONS)?;
    let english = table("ENGLISH", &folder.join("en"))?;
    let chinese = table("CHINESE", &folder.join("zh"))?;
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("lessons.rs"), english + &chinese)
}

/// A table of names and contents: the JSON files of a folder, sorted by name, since a folder lists
/// them in an order of its own.
fn table(name: &str, folder: &Path) -> io::Result<String> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == "json") {
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
