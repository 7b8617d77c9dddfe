//! The folder that is served.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::pack::Package;
use super::references::{self, Files};
use crate::workspace::Workspace;

/// The folder in `www/` that is not served as it is.
const LESSONS: &str = "lessons/";

/// Puts `index.html`, `www/`, the modules and files that were made together in `target/site`.
///
/// # Errors
/// If a file cannot be read or written, if two files have one name, or as
/// [`references::with_hashes`].
pub(super) fn assemble(
    workspace: &Workspace,
    packages: &[&Package],
    made: &[(&str, Vec<u8>)],
) -> Result<()> {
    let root = workspace.root();
    let mut files = Files::new();
    add_file(&mut files, &root.join("index.html"), "index.html")?;
    add_folder(&mut files, &root.join("www"), "")?;
    // The texts of lessons are among what was made, put together with their other half.
    files.retain(|path, _| !path.starts_with(LESSONS));
    for package in packages {
        add_folder(&mut files, &package.output(workspace), "")?;
    }
    for (path, bytes) in made {
        insert(&mut files, path, bytes.clone())?;
    }
    write(&workspace.site(), &references::with_hashes(&files)?)
}

/// Writes beside the old folder and then takes its place: a server that is running never shows
/// half of a site.
fn write(site: &Path, files: &Files) -> Result<()> {
    let next = site.with_extension("next");
    if next.exists() {
        fs::remove_dir_all(&next).with_context(|| format!("cannot empty {}", next.display()))?;
    }
    for (path, bytes) in files {
        let file = next.join(path);
        let written = file.parent().map_or(Ok(()), fs::create_dir_all);
        written
            .and_then(|()| fs::write(&file, bytes))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    if site.exists() {
        fs::remove_dir_all(site).with_context(|| format!("cannot replace {}", site.display()))?;
    }
    fs::rename(&next, site).with_context(|| format!("cannot replace {}", site.display()))
}

/// Adds what is in a folder, except for files that are hidden: those are for tools.
fn add_folder(files: &mut Files, folder: &Path, prefix: &str) -> Result<()> {
    let entries = folder
        .read_dir()
        .with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read {}", folder.display()))?;
        let Ok(name) = entry.file_name().into_string() else {
            bail!("{} has a name that is not text", entry.path().display());
        };
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}{name}");
        if entry.path().is_dir() {
            add_folder(files, &entry.path(), &format!("{path}/"))?;
        } else {
            add_file(files, &entry.path(), &path)?;
        }
    }
    Ok(())
}

fn add_file(files: &mut Files, file: &Path, path: &str) -> Result<()> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    insert(files, path, bytes)
}

fn insert(files: &mut Files, path: &str, bytes: Vec<u8>) -> Result<()> {
    if files.insert(path.to_owned(), bytes).is_some() {
        bail!("two files of the site have the name {path}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(folder: &Path, path: &str, text: &str) {
        let file = folder.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    #[test]
    fn the_site_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let workspace = Workspace::at(root.to_owned(), root.join("target"));
        const PACKAGE: Package = Package {
            name: "page",
            folder: ".",
            library: "page",
        };
        at(root, "index.html", r#"<script src="./page.js"></script>"#);
        at(root, "www/styles/a.css", "");
        at(root, "www/lessons/en/first.json", "{}");
        at(root, "target/xtask/page/page.js", "1");
        at(root, "target/xtask/page/.gitignore", "*");
        let names = || {
            let mut files = Files::new();
            add_folder(&mut files, &workspace.site(), "").unwrap();
            files.into_keys().collect::<Vec<_>>()
        };

        assemble(&workspace, &[&PACKAGE], &[]).unwrap();
        let first = names();
        assert_eq!(first.len(), 3, "{first:?}");
        assert_eq!(first[0], "index.html");
        assert!(first[1].starts_with("page-") && first[1].ends_with(".js"));
        assert!(first[2].starts_with("styles/a-") && first[2].ends_with(".css"));

        at(root, "target/xtask/page/page.js", "2");
        assemble(&workspace, &[&PACKAGE], &[]).unwrap();
        let second = names();
        assert_eq!(second.len(), 3, "{second:?}");
        assert_ne!(first[1], second[1]);
    }

    #[test]
    fn two_files_of_one_name_are_an_error() {
        let folder = tempfile::tempdir().unwrap();
        at(folder.path(), "a", "1");
        let mut files = Files::new();
        add_folder(&mut files, folder.path(), "").unwrap();
        assert!(add_folder(&mut files, folder.path(), "").is_err());
    }
}
