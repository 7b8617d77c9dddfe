//! What a story gets, and what happens around it.

use std::fs;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::thread;

use futures_util::FutureExt;

use crate::browser::Browser;
use crate::page::Page;
use crate::places;
use crate::server::Server;

/// How the stage is set.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Width and height of the page in CSS pixels.
    pub size: (u32, u32),
    /// Device pixels per CSS pixel.
    pub pixel_ratio: f64,
    /// Whether the device is touched, like a phone.
    pub touch: bool,
    /// Whether the reader's system prefers dark colours.
    pub dark: bool,
    /// The languages that the reader prefers, as in `Accept-Language`.
    pub language: String,
    /// The site to serve, if it is not the one that was built.
    pub site: Option<PathBuf>,
}

impl Default for Setting {
    /// A desktop in English.
    fn default() -> Self {
        Self {
            size: (1440, 900),
            pixel_ratio: 1.0,
            touch: false,
            dark: false,
            language: "en-US".to_owned(),
            site: None,
        }
    }
}

impl Setting {
    /// A phone.
    #[must_use]
    pub fn phone() -> Self {
        Self {
            size: (390, 844),
            touch: true,
            ..Self::default()
        }
    }

    /// The same in the dark.
    #[must_use]
    pub fn dark(self) -> Self {
        Self { dark: true, ..self }
    }
}

/// A server, and a browser to look at it.
#[derive(Debug)]
pub struct Stage {
    /// The server.
    pub server: Server,
    browser: Browser,
}

impl Stage {
    async fn set(setting: &Setting) -> Self {
        let site = setting.site.clone().unwrap_or_else(places::site);
        Self {
            server: Server::start(&site),
            browser: Browser::open(setting).await,
        }
    }

    /// The page in the browser.
    #[must_use]
    pub fn page(&self) -> Page<'_> {
        Page::new(&self.browser, self.server.address())
    }

    /// Opens the page with this query, such as `demo=hello&seed=3`; empty for none.
    ///
    /// # Panics
    /// If the browser cannot open it.
    pub async fn open(&self, query: &str) -> Page<'_> {
        let page = self.page();
        page.go(query).await;
        page
    }

    /// The page as another host serves it.
    #[must_use]
    pub fn page_at<'a>(&'a self, address: &'a str) -> Page<'a> {
        Page::new(&self.browser, address)
    }

    /// Keeps what can be seen, for whoever has to find out what went wrong.
    async fn keep(&self, folder: &Path) {
        let client = self.browser.client();
        let mut files = vec![
            ("server.txt", self.server.said().into_bytes()),
            ("driver.txt", self.browser.driver_said().into_bytes()),
        ];
        if let Ok(picture) = client.screenshot().await {
            files.push(("page.png", picture));
        }
        if let Ok(source) = client.source().await {
            files.push(("page.html", source.into_bytes()));
        }
        if let Ok(lines) = self.browser.console().await {
            let lines: Vec<String> = lines
                .iter()
                .map(|(level, text)| format!("{level}: {text}\n"))
                .collect();
            files.push(("console.txt", lines.concat().into_bytes()));
        }
        // Failing here must not hide why the story failed.
        let _ = fs::remove_dir_all(folder);
        let _ = fs::create_dir_all(folder);
        for (name, content) in files {
            let _ = fs::write(folder.join(name), content);
        }
        eprintln!("what the page looked like is in {}", folder.display());
    }
}

/// Sets a stage, plays on it, and clears it away.
///
/// # Panics
/// If the story does; what the page looked like is kept under the name of the test.
pub fn story(setting: &Setting, play: impl AsyncFnOnce(&mut Stage)) {
    let name = thread::current()
        .name()
        .unwrap_or("story")
        .replace("::", "-");
    perform(setting, &places::failures().join(name), play);
}

/// As [`story`], with the folder to keep things in if it fails.
///
/// # Panics
/// If the story does.
pub fn perform<T>(setting: &Setting, folder: &Path, play: impl AsyncFnOnce(&mut Stage) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime for the WebDriver client");
    runtime.block_on(async {
        let mut stage = Stage::set(setting).await;
        let result = AssertUnwindSafe(play(&mut stage)).catch_unwind().await;
        if result.is_err() {
            stage.keep(folder).await;
        }
        stage.browser.close().await;
        match result {
            Ok(value) => value,
            Err(panic) => resume_unwind(panic),
        }
    })
}
