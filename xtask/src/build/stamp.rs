//! Whether a module is older than what it was made from.
//!
//! Cargo writes beside every library which files went into it, other members of the workspace and
//! included texts among them. A stamp is a hash over the content of those files, the manifests,
//! the lock file and the versions of the tools. While it is the same, wasm-pack has nothing to do,
//! and is not even asked: it would take seconds to find that out.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use super::size::Size;
use crate::program;
use crate::workspace::Workspace;

/// What is remembered of a build.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Of everything that went in.
    pub(super) inputs: String,
    /// Of what came out.
    pub(super) size: Size,
}

impl Stamp {
    /// The stamp in a file, if there is one and it can be read.
    pub(super) fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let (inputs, size) = text.split_once('\n')?;
        Some(Self {
            inputs: inputs.to_owned(),
            size: size.trim_end().parse().ok()?,
        })
    }

    /// Writes it down.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn write(&self, path: &Path) -> Result<()> {
        fs::write(path, format!("{}\n{}\n", self.inputs, self.size))
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

/// What goes into a library.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Inputs {
    /// A hash over all of it.
    pub(super) hash: String,
    /// When the last of the files was changed.
    pub(super) changed: SystemTime,
}

/// Everything that goes into a library, or `None` if it was never built.
///
/// `tools` names the tools that work on it after rustc.
///
/// # Errors
/// If a file that went in is there, but cannot be read.
pub(super) fn inputs(
    workspace: &Workspace,
    dependencies: &Path,
    tools: &[&str],
) -> Result<Option<Inputs>> {
    let Ok(text) = fs::read_to_string(dependencies) else {
        return Ok(None);
    };
    let root = workspace.root();
    let mut paths: BTreeSet<PathBuf> = prerequisites(&text);
    let manifests: Vec<PathBuf> = paths.iter().filter_map(|path| manifest_of(path)).collect();
    paths.extend(manifests);
    for name in [
        "Cargo.lock",
        "Cargo.toml",
        "rust-toolchain.toml",
        ".cargo/config.toml",
    ] {
        paths.insert(root.join(name));
    }

    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        // The length first, so that two neighbours cannot exchange bytes unnoticed.
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    for tool in tools {
        add(tool.as_bytes());
    }
    let rustc = program::output(program::program("rustc").arg("-V").current_dir(root));
    add(rustc.unwrap_or_default().as_bytes());
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS"] {
        add(env::var_os(variable).unwrap_or_default().as_encoded_bytes());
    }
    let mut changed = SystemTime::UNIX_EPOCH;
    for path in &paths {
        for file in files_below(path)? {
            let context = || format!("cannot read {}", file.display());
            add(file.as_os_str().as_encoded_bytes());
            add(&fs::read(&file).with_context(context)?);
            let time = file.metadata().and_then(|data| data.modified());
            changed = changed.max(time.with_context(context)?);
        }
    }
    Ok(Some(Inputs {
        hash: hex(&hash.finalize()),
        changed,
    }))
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files behind the colon of a rule as cargo writes it: `target: file file\ with\ spaces`.
fn prerequisites(text: &str) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for line in text.lines() {
        let Some((_, names)) = line.split_once(": ") else {
            continue;
        };
        let mut name = String::new();
        let mut characters = names.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\\' if characters.peek() == Some(&' ') => {
                    name.push(' ');
                    characters.next();
                }
                ' ' => {
                    found.insert(PathBuf::from(std::mem::take(&mut name)));
                }
                _ => name.push(character),
            }
        }
        found.insert(PathBuf::from(name));
    }
    found.remove(Path::new(""));
    found
}

/// The manifest of the package that a file belongs to.
fn manifest_of(file: &Path) -> Option<PathBuf> {
    file.ancestors()
        .skip(1)
        .map(|folder| folder.join("Cargo.toml"))
        .find(|path| path.is_file())
}

/// The file itself, or all files in a folder, in the order of their names. Nothing if it is gone:
/// then the hash is another one than before, as it should be.
fn files_below(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let Ok(entries) = path.read_dir() else {
        return Ok(Vec::new());
    };
    let mut names = Vec::new();
    for entry in entries {
        names.push(entry?.path());
    }
    names.sort();
    let mut files = Vec::new();
    for name in names {
        files.extend(files_below(&name)?);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn workspace(folder: &Path) -> Workspace {
        Workspace::at(folder.to_owned(), folder.join("target"))
    }

    #[test]
    fn file_names_with_spaces_are_one_name() {
        let found = prerequisites("/t/lib.wasm: /a/b.rs /a/c\\ d.rs\n");
        let names: Vec<&Path> = found.iter().map(PathBuf::as_path).collect();
        assert_eq!(names, [Path::new("/a/b.rs"), Path::new("/a/c d.rs")]);
    }

    #[test]
    fn any_changed_input_changes_the_hash_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let (source, texts) = (folder.path().join("lib.rs"), folder.path().join("texts"));
        fs::write(&source, "fn main() {}").unwrap();
        fs::create_dir(&texts).unwrap();
        fs::write(texts.join("en.json"), "{}").unwrap();
        let rule = folder.path().join("lib.d");
        fs::write(
            &rule,
            format!("x: {} {}\n", source.display(), texts.display()),
        )
        .unwrap();
        let hash = |tools: &[&str]| {
            inputs(&workspace(folder.path()), &rule, tools)
                .unwrap()
                .unwrap()
                .hash
        };

        let first = hash(&["a"]);
        assert_eq!(hash(&["a"]), first);
        fs::write(folder.path().join("README.md"), "no input").unwrap();
        assert_eq!(hash(&["a"]), first);
        assert_ne!(hash(&["b"]), first);

        fs::write(texts.join("zh.json"), "{}").unwrap();
        let second = hash(&["a"]);
        assert_ne!(second, first);
        fs::write(&source, "fn main() { }").unwrap();
        let third = hash(&["a"]);
        assert_ne!(third, second);
        fs::write(folder.path().join("Cargo.lock"), "").unwrap();
        let fourth = hash(&["a"]);
        assert_ne!(fourth, third);
        fs::remove_file(&source).unwrap();
        assert_ne!(hash(&["a"]), fourth);
    }

    #[test]
    fn the_time_of_the_last_change_is_that_of_the_newest_file() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["old.rs", "new.rs"];
        let paths = names.map(|name| folder.path().join(name));
        let base = SystemTime::UNIX_EPOCH;
        for (path, seconds) in paths.iter().zip([1_000, 2_000]) {
            let file = fs::File::create(path).unwrap();
            file.set_modified(base + Duration::from_secs(seconds))
                .unwrap();
        }
        let rule = folder.path().join("lib.d");
        let [old, new] = paths.each_ref().map(|path| path.display());
        fs::write(&rule, format!("x: {new} {old}\n")).unwrap();
        let found = inputs(&workspace(folder.path()), &rule, &[]).unwrap();
        assert_eq!(found.unwrap().changed, base + Duration::from_secs(2_000));
    }

    #[test]
    fn what_was_never_built_has_no_hash() {
        let folder = tempfile::tempdir().unwrap();
        let rule = folder.path().join("lib.d");
        assert_eq!(inputs(&workspace(folder.path()), &rule, &[]).unwrap(), None);
    }

    #[test]
    fn a_stamp_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("stamp");
        assert_eq!(Stamp::read(&path), None);
        let stamp = Stamp {
            inputs: "abc".to_owned(),
            size: Size::of(b"abc").unwrap(),
        };
        stamp.write(&path).unwrap();
        assert_eq!(Stamp::read(&path), Some(stamp));
    }
}
