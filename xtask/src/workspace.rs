//! Where things are, and which versions the workspace asks for.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The workspace that these commands work on.
#[derive(Debug)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The workspace that this program was built from.
    ///
    /// # Errors
    /// If the program was moved away from cargo's target folder.
    pub(crate) fn find() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest
            .parent()
            .context("xtask has no parent folder")?
            .to_owned();
        // Cargo put this program into `<target>/<profile>/`, whatever settings chose the target
        // folder.
        let program = env::current_exe().context("cannot tell where this program is")?;
        let target = program
            .ancestors()
            .nth(2)
            .context("this program is not in cargo's target folder")?
            .to_owned();
        Ok(Self { root, target })
    }

    /// A workspace of a test.
    #[cfg(test)]
    pub(crate) fn at(root: PathBuf, target: PathBuf) -> Self {
        Self { root, target }
    }

    /// The root of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The built site: a folder that any static host can serve.
    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The `wakeline` command, built for release.
    pub(crate) fn wakeline(&self) -> PathBuf {
        let name = format!("wakeline{}", env::consts::EXE_SUFFIX);
        self.target.join("release").join(name)
    }

    /// What these commands remember between two runs.
    pub(crate) fn state(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The exact version of wasm-bindgen that the workspace's manifest pins.
    ///
    /// # Errors
    /// If the manifest cannot be read or pins none.
    pub(crate) fn wasm_bindgen_version(&self) -> Result<String> {
        let path = self.root.join("Cargo.toml");
        let manifest =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        pinned(&manifest, "wasm-bindgen").with_context(|| {
            format!(
                "{} pins no exact version of wasm-bindgen (wasm-bindgen = \"=x.y.z\")",
                path.display()
            )
        })
    }

    /// The toolchain that `rust-toolchain.toml` names.
    ///
    /// # Errors
    /// If the file cannot be read or names none.
    pub(crate) fn toolchain(&self) -> Result<String> {
        let path = self.root.join("rust-toolchain.toml");
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        match assigned(&text, "channel") {
            Some(channel) => Ok(channel.to_owned()),
            None => bail!("{} names no channel", path.display()),
        }
    }
}

/// The exact version in a line `name = "=1.2.3"`.
fn pinned(manifest: &str, name: &str) -> Option<String> {
    assigned(manifest, name)?
        .strip_prefix('=')
        .map(str::to_owned)
}

/// The text in a line `name = "text"`. A full TOML reader would be the greatest dependency of this
/// program, for two values.
fn assigned<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once('=')?;
        let value = value.trim().strip_prefix('"')?;
        (key.trim() == name).then(|| value.split('"').next())?
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_exact_version_counts_as_pinned() {
        let manifest = "[workspace.dependencies]\nwasm-bindgen-test = \"=0.3.1\"\nwasm-bindgen = \"=0.2.1\"\nserde = \"1\"\n";
        assert_eq!(pinned(manifest, "wasm-bindgen").as_deref(), Some("0.2.1"));
        assert_eq!(pinned(manifest, "serde"), None);
        assert_eq!(pinned(manifest, "yew"), None);
    }

    #[test]
    fn this_workspace_pins_wasm_bindgen_and_names_a_toolchain() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let workspace = Workspace::at(root.to_owned(), PathBuf::new());
        let version = workspace.wasm_bindgen_version().unwrap();
        assert!(version.starts_with("0.2."), "{version}");
        assert!(!workspace.toolchain().unwrap().is_empty());
    }
}
