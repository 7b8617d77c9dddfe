//! wasm-pack and wasm-bindgen.

use std::path::PathBuf;

use anyhow::Result;

use super::installed::Installed;
use crate::workspace::Workspace;

/// The wasm-pack that is installed if there is none.
const WASM_PACK: &str = "0.15.1";

/// The release series of wasm-pack whose options are used here.
const WASM_PACK_SERIES: &str = "0.15.";

/// Both tools.
#[derive(Debug)]
pub(super) struct WasmTools {
    /// The program itself.
    pub(super) wasm_pack: PathBuf,
    /// The folders of both.
    pub(super) folders: Vec<PathBuf>,
}

/// Finds both, or builds what is missing.
///
/// wasm-pack itself would download wasm-bindgen from the network. It is never asked to: it finds
/// the right version on its PATH.
pub(super) fn ensure(workspace: &Workspace) -> Result<WasmTools> {
    let version = workspace.wasm_bindgen_version()?;
    let bindgen = Installed {
        package: "wasm-bindgen-cli",
        version: &version,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
    }
    .ensure(|found| found == version)?;
    let pack = Installed {
        package: "wasm-pack",
        version: WASM_PACK,
        programs: &["wasm-pack"],
    }
    .ensure(|found| found.starts_with(WASM_PACK_SERIES))?;
    Ok(WasmTools {
        wasm_pack: pack.join(format!("wasm-pack{}", std::env::consts::EXE_SUFFIX)),
        folders: vec![bindgen, pack],
    })
}
