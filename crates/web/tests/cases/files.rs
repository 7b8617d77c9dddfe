//! The site's file system: the browser's own, and its prototypes patched where something must go
//! wrong.

use wakeline::log::{Kind, Reason};
use wakeline::outside::Work;
use wakeline_web::files::{Directory, FileError};
use wasm_bindgen_test::wasm_bindgen_test;

use super::browser::{javascript, until};
use super::fetch::run;

/// Directories that there are, counted by the browser. The count is in `globalThis.directories`.
async fn directories() -> u32 {
    javascript(
        "globalThis.directories = -1;
         (async () => {
             let found = 0;
             const root = await navigator.storage.getDirectory();
             const parent = await root.getDirectoryHandle('wakeline', { create: true });
             for await (const name of parent.keys()) found += 1;
             globalThis.directories = found;
         })();",
    );
    let found = || {
        super::browser::global("directories")
            .as_f64()
            .unwrap_or(-1.0)
    };
    until(|| found() >= 0.0).await;
    found() as u32
}

/// Waits until there are so many directories: a removal on drop takes its time.
async fn until_directories(number: u32) {
    while directories().await != number {}
}

/// Replaces a method until it is dropped.
struct Patched(&'static str);

impl Patched {
    fn with(method: &'static str, replacement: &str) -> Self {
        javascript(&format!(
            "globalThis.unpatched = {method}; {method} = {replacement};"
        ));
        Self(method)
    }

    /// A method that rejects with an error of this name.
    fn rejecting(method: &'static str, name: &str) -> Self {
        let reject = format!("async () => {{ throw new DOMException('not now', '{name}') }}");
        Self::with(method, &reject)
    }
}

impl Drop for Patched {
    fn drop(&mut self) {
        javascript(&format!("{} = unpatched;", self.0));
    }
}

#[wasm_bindgen_test]
async fn what_was_written_is_read_and_gone_afterwards() {
    let before = directories().await;
    let (_, runtime) = run(async move {
        let directory = Directory::temporary().await.expect("a file system");
        directory.write("a", 0, b"hello").await.expect("room");
        directory.write("a", 5, b", world").await.expect("room");
        directory.write("a", 0, b"J").await.expect("room");
        assert_eq!(directory.read("a", 0, 100).await.unwrap(), b"Jello, world");
        assert_eq!(directory.read("a", 7, 3).await.unwrap(), b"wor");
        assert!(directory.read("a", 12, 5).await.unwrap().is_empty());
        // A gap is filled with zeros.
        directory.write("b", 3, &[9]).await.expect("room");
        assert_eq!(directory.read("b", 0, 9).await.unwrap(), [0, 0, 0, 9]);
        let look = Work::begin("a look by the test");
        assert_eq!(look.wait(directories()).await, before + 1);
        directory.remove().await.expect("it can be removed");
    })
    .await;
    assert_eq!(directories().await, before);
    let log = runtime.log();
    let waits = log
        .columns
        .iter_from(0)
        .filter(|event| event.kind == Kind::WaitBegun && event.flags == Reason::Outside.code());
    assert!(waits.count() > 10);
}

#[wasm_bindgen_test]
async fn dropping_a_directory_removes_it() {
    let before = directories().await;
    let (_, _) = run(async {
        let first = Directory::temporary().await.expect("a file system");
        let second = Directory::temporary().await.expect("another");
        first.write("same", 0, &[1]).await.expect("room");
        assert_eq!(second.read("same", 0, 1).await, Err(FileError::Missing));
    })
    .await;
    until_directories(before).await;
}

#[wasm_bindgen_test]
async fn what_a_page_left_behind_long_ago_is_removed_and_nothing_else() {
    let before = directories().await;
    javascript(
        "globalThis.made = 0;
         (async () => {
             const root = await navigator.storage.getDirectory();
             const parent = await root.getDirectoryHandle('wakeline', { create: true });
             await parent.getDirectoryHandle('1000-1', { create: true });
             await parent.getDirectoryHandle(`${Date.now()}-2`, { create: true });
             globalThis.made = 1;
         })();",
    );
    until(|| super::browser::count("made") == 1).await;
    let (_, _) = run(async {
        let directory = Directory::temporary().await.expect("a file system");
        directory.remove().await.expect("it can be removed");
    })
    .await;
    until_directories(before + 1).await;
    javascript(
        "(async () => {
             const root = await navigator.storage.getDirectory();
             const parent = await root.getDirectoryHandle('wakeline');
             for await (const name of parent.keys()) {
                 if (name.endsWith('-2')) await parent.removeEntry(name);
             }
             globalThis.made = 2;
         })();",
    );
    until(|| super::browser::count("made") == 2).await;
    assert_eq!(directories().await, before);
}

#[wasm_bindgen_test]
async fn errors_are_told_apart() {
    let get_directory = "StorageManager.prototype.getDirectory";
    let get_file = "FileSystemDirectoryHandle.prototype.getFileHandle";
    {
        let _patched = Patched::with(get_directory, "undefined");
        let (result, _) = run(async { Directory::temporary().await.map(drop) }).await;
        assert_eq!(result, Err(FileError::NotSupported));
    }
    {
        let _patched = Patched::rejecting(get_directory, "SecurityError");
        let (result, _) = run(async { Directory::temporary().await.map(drop) }).await;
        assert_eq!(result, Err(FileError::Denied("not now".to_owned())));
    }
    {
        let _patched = Patched::rejecting(get_file, "QuotaExceededError");
        let (result, _) = run(async {
            let directory = Directory::temporary().await.expect("a file system");
            directory.write("a", 0, &[1]).await
        })
        .await;
        assert_eq!(result, Err(FileError::Full));
    }
    let (results, _) = run(async {
        let directory = Directory::temporary().await.expect("a file system");
        let missing = directory.read("a", 0, 1).await;
        let refused = directory.write("../a", 0, &[1]).await;
        (missing, refused)
    })
    .await;
    assert_eq!(results.0, Err(FileError::Missing));
    assert!(
        matches!(results.1, Err(FileError::Refused(_))),
        "{results:?}"
    );
}
