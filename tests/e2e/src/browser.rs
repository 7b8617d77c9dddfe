//! Chromium, driven by chromedriver.

use std::process::Command;

use fantoccini::error::CmdError;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use url::{ParseError, Url};

use crate::places;
use crate::process::Process;
use crate::stage::Setting;

/// The flags that Chromium needs without a screen, also for root and in a container: those that
/// `wasm-pack test` uses, in one place for both.
const WEBDRIVER: &str = include_str!("../../../webdriver.json");

/// A browser with one window. Everything that was started for it ends with it.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    // In the order in which they must go: first the browser, which the driver alone would leave
    // behind, and last the folder that it writes to.
    chromium: Chromium,
    driver: Process,
    _profile: TempDir,
}

impl Browser {
    /// Opens a browser with a fresh profile.
    ///
    /// # Panics
    /// If the driver or the browser cannot be started.
    pub async fn open(setting: &Setting) -> Self {
        let driver = Process::start(Command::new(places::chromedriver()).arg("--port=0"));
        let port: u16 = driver.listen("its port", |line| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse().ok()
        });
        let profile = tempfile::tempdir().expect("a folder for the browser's profile");
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities(setting, &profile))
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap_or_else(|error| panic!("Chromium does not start: {error}\n{}", driver.said()));
        let chromium = Chromium::of(&client);
        let browser = Self {
            client,
            chromium,
            driver,
            _profile: profile,
        };
        browser.set_up(setting).await;
        browser
    }

    /// The window's size and colours are those of the setting, whatever the window's own are.
    async fn set_up(&self, setting: &Setting) {
        let (width, height) = setting.size;
        let metrics = json!({
            "width": width,
            "height": height,
            "deviceScaleFactor": setting.pixel_ratio,
            "mobile": setting.touch,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await;
        let touch = json!({ "enabled": setting.touch });
        self.devtools("Emulation.setTouchEmulationEnabled", touch)
            .await;
        let scheme = if setting.dark { "dark" } else { "light" };
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// The WebDriver session.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Gives Chromium a command of its own protocol.
    ///
    /// # Panics
    /// If it refuses.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        self.vendor("goog/cdp/execute", &body)
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// What the page and its workers wrote to the console, and errors of loading, since the last
    /// time that this was asked: level and text.
    ///
    /// # Errors
    /// If the browser does not answer.
    pub async fn console(&self) -> Result<Vec<(String, String)>, CmdError> {
        let entries = self.vendor("se/log", &json!({ "type": "browser" })).await?;
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        Ok(entries
            .as_array()
            .into_iter()
            .flatten()
            .map(|entry| (text(entry, "level"), text(entry, "message")))
            .collect())
    }

    async fn vendor(&self, path: &'static str, body: &Value) -> Result<Value, CmdError> {
        let body = body.to_string();
        self.client.issue_cmd(Vendor { path, body }).await
    }

    /// Bytes of all WebAssembly memories of the page; those of its workers are not among them.
    ///
    /// # Panics
    /// If the browser does not answer.
    pub async fn wasm_memory(&self) -> f64 {
        let prototype = self
            .devtools(
                "Runtime.evaluate",
                json!({ "expression": "WebAssembly.Memory.prototype" }),
            )
            .await;
        let all = json!({ "prototypeObjectId": prototype["result"]["objectId"] });
        let memories = self.devtools("Runtime.queryObjects", all).await;
        let sum = "function () { return this.reduce((sum, m) => sum + m.buffer.byteLength, 0); }";
        let call = json!({
            "objectId": memories["objects"]["objectId"],
            "functionDeclaration": sum,
            "returnByValue": true,
        });
        let bytes = self.devtools("Runtime.callFunctionOn", call).await;
        bytes["result"]["value"].as_f64().unwrap_or(f64::NAN)
    }

    /// The number of the browser's process; 0 if it did not say.
    #[must_use]
    pub fn process(&self) -> u32 {
        self.chromium.0.map_or(0, |process| {
            u32::try_from(process.as_raw_nonzero().get()).unwrap_or(0)
        })
    }

    /// What the driver printed.
    #[must_use]
    pub fn driver_said(&self) -> String {
        self.driver.said()
    }

    /// Closes the browser as a person would. Dropping it kills it.
    pub async fn close(self) {
        // If it does not listen any more, it is killed in a moment.
        let _ = self.client.clone().close().await;
    }
}

fn capabilities(setting: &Setting, profile: &TempDir) -> Capabilities {
    let mut capabilities: Capabilities =
        serde_json::from_str(WEBDRIVER).expect("webdriver.json holds capabilities");
    let options = &mut capabilities["goog:chromeOptions"];
    if let Some(chromium) = places::chromium() {
        options["binary"] = json!(chromium);
    }
    let arguments = options["args"].as_array_mut().expect("a list of flags");
    arguments.push(json!(format!(
        "--user-data-dir={}",
        profile.path().display()
    )));
    arguments.push(json!(format!("--accept-lang={}", setting.language)));
    capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
    capabilities
}

/// The browser's process, which outlives a driver that was killed.
#[derive(Debug)]
struct Chromium(Option<rustix::process::Pid>);

impl Chromium {
    fn of(client: &Client) -> Self {
        let number = client
            .capabilities()
            .and_then(|capabilities| capabilities.get("goog:processID"))
            .and_then(Value::as_i64)
            .and_then(|number| i32::try_from(number).ok());
        Self(number.and_then(rustix::process::Pid::from_raw))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if let Some(process) = self.0 {
            // It has ended already unless the story broke off.
            let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
        }
    }
}

/// A command of chromedriver beyond the standard.
#[derive(Debug)]
struct Vendor {
    path: &'static str,
    body: String,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.clone()))
    }
}
