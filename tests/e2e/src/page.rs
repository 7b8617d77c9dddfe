//! The page, as a person uses it: by what can be seen, clicked and typed into.
//!
//! Parts of the page are found by their attribute `data-testid`; the README beside this crate
//! lists them.

use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::TimeoutConfiguration;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::wait::until;

/// How long a script may take that calls when it is done.
const LONG: Duration = Duration::from_secs(300);

/// The page in a browser.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    browser: &'a Browser,
    address: &'a str,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// `completed`, `failed`, `deadlock`, `stopped`, `limit`.
    pub outcome: String,
    /// The hash of its log.
    pub hash: String,
}

impl<'a> Page<'a> {
    pub(crate) fn new(browser: &'a Browser, address: &'a str) -> Self {
        Self { browser, address }
    }

    /// The browser.
    #[must_use]
    pub fn browser(&self) -> &'a Browser {
        self.browser
    }

    fn client(&self) -> &'a Client {
        self.browser.client()
    }

    /// Opens the page with this query.
    ///
    /// # Panics
    /// If the browser cannot.
    pub async fn go(&self, query: &str) {
        let address = match query {
            "" => format!("{}/", self.address),
            query => format!("{}/?{query}", self.address),
        };
        let opened = self.client().goto(&address).await;
        opened.unwrap_or_else(|error| panic!("cannot open {address}: {error}"));
    }

    /// The query in the address bar, without the question mark.
    ///
    /// # Panics
    /// If the browser does not answer.
    pub async fn query(&self) -> String {
        let address = self.client().current_url().await.expect("an address");
        address.query().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page. The arguments are `arguments[0]` and so on.
    ///
    /// # Panics
    /// If the script throws.
    pub async fn script(&self, script: &str, arguments: &[Value]) -> Value {
        let result = self.client().execute(script, arguments.to_vec()).await;
        result.unwrap_or_else(|error| panic!("{error}\nin the script: {script}"))
    }

    /// Runs a script that calls its last argument with its result when it has one. It may take
    /// some minutes.
    ///
    /// # Panics
    /// If the script throws, or never calls.
    pub async fn script_async(&self, script: &str, arguments: &[Value]) -> Value {
        let client = self.client();
        let patience = TimeoutConfiguration::new(Some(LONG), None, None);
        let result = match client.update_timeouts(patience).await {
            Ok(()) => client.execute_async(script, arguments.to_vec()).await,
            Err(error) => Err(error),
        };
        result.unwrap_or_else(|error| panic!("{error}\nin the script: {script}"))
    }

    /// The text of a part as it can be read on the screen; `None` if the part is not there, or
    /// cannot be seen.
    pub async fn text(&self, part: &str) -> Option<String> {
        let script = "const part = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
            return part !== null && part.checkVisibility() ? part.innerText : null;";
        let text = self.script(script, &[json!(part)]).await;
        text.as_str().map(|text| text.trim().to_owned())
    }

    /// An attribute of a part; `None` if there is no such part or attribute.
    pub async fn attribute(&self, part: &str, name: &str) -> Option<String> {
        let script = "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`)
            ?.getAttribute(arguments[1]) ?? null;";
        let value = self.script(script, &[json!(part), json!(name)]).await;
        value.as_str().map(str::to_owned)
    }

    /// What is in an input or a choice; `None` if it is not there.
    pub async fn value(&self, part: &str) -> Option<String> {
        let script = "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`)
            ?.value ?? null;";
        let value = self.script(script, &[json!(part)]).await;
        value.as_str().map(str::to_owned)
    }

    /// Waits until a part can be seen, and returns its text.
    ///
    /// # Panics
    /// If it does not appear.
    pub async fn see(&self, part: &str) -> String {
        self.see_that(part, |_| true).await
    }

    /// Waits until a part can be seen whose text is right, and returns the text.
    ///
    /// # Panics
    /// If that does not come about.
    pub async fn see_that(&self, part: &str, right: impl Fn(&str) -> bool) -> String {
        until(&format!("{part} on the page"), async || {
            match self.text(part).await {
                Some(text) if right(&text) => Ok(text),
                other => Err(format!("{other:?}")),
            }
        })
        .await
    }

    /// Clicks on a part, once it can be clicked.
    ///
    /// # Panics
    /// If it cannot be clicked.
    pub async fn click(&self, part: &str) {
        until(&format!("a chance to click on {part}"), async || {
            // The page may replace an element between these two steps: then look again.
            let element = self.element(part).await?;
            match element.is_enabled().await {
                Ok(true) => element.click().await.map_err(|error| error.to_string()),
                Ok(false) => Err("it is disabled".to_owned()),
                Err(error) => Err(error.to_string()),
            }
        })
        .await;
    }

    /// Replaces what is in an input by typing.
    ///
    /// # Panics
    /// If there is no such input, or it does not take the text.
    pub async fn type_into(&self, part: &str, text: &str) {
        let select_all = format!("{}a{}", char::from(Key::Control), char::from(Key::Null));
        let erase = String::from(char::from(Key::Backspace));
        until(&format!("a chance to type into {part}"), async || {
            let element = self.element(part).await?;
            for keys in [&select_all, &erase, text] {
                let typed = element.send_keys(keys).await;
                typed.map_err(|error| error.to_string())?;
            }
            match self.value(part).await {
                Some(value) if value == text => Ok(()),
                other => Err(format!("the input holds {other:?}")),
            }
        })
        .await;
    }

    /// Chooses an option by its value.
    ///
    /// # Panics
    /// If there is no such choice or option.
    pub async fn choose(&self, part: &str, option: &str) {
        until(
            &format!("a chance to choose {option} in {part}"),
            async || {
                let element = self.element(part).await?;
                let chosen = element.select_by_value(option).await;
                chosen.map_err(|error| error.to_string())
            },
        )
        .await;
    }

    /// Presses keys while a part has the focus.
    ///
    /// # Panics
    /// If it cannot have it.
    pub async fn press(&self, part: &str, keys: &str) {
        until(&format!("a chance to press keys on {part}"), async || {
            let element = self.element(part).await?;
            element
                .send_keys(keys)
                .await
                .map_err(|error| error.to_string())
        })
        .await;
    }

    async fn element(&self, part: &str) -> Result<Element, String> {
        let selector = format!("[data-testid=\"{part}\"]");
        let found = self.client().find(Locator::Css(&selector)).await;
        found.map_err(|error| error.to_string())
    }

    /// How the run on screen stands: `running`, or how it ended; `None` if there is none.
    pub async fn outcome(&self) -> Option<String> {
        self.attribute("outcome", "data-outcome").await
    }

    /// The hash of the run on screen, if it has ended.
    pub async fn hash(&self) -> Option<String> {
        self.text("log-hash").await.filter(|hash| !hash.is_empty())
    }

    /// Waits for the end of a run.
    ///
    /// # Panics
    /// If it does not end.
    pub async fn ended(&self) -> Ended {
        self.ended_as(|_| true).await
    }

    /// Waits for the end of a run of which the end is as described. For a run that follows
    /// another: until it begins, the old one is on screen.
    ///
    /// # Panics
    /// If that does not come about.
    pub async fn ended_as(&self, right: impl Fn(&Ended) -> bool) -> Ended {
        until("the end of a run", async || {
            let (outcome, hash) = (self.outcome().await, self.hash().await);
            match (outcome, hash) {
                (Some(outcome), Some(hash)) if outcome != "running" => {
                    let ended = Ended { outcome, hash };
                    if right(&ended) {
                        Ok(ended)
                    } else {
                        Err(format!("{ended:?}"))
                    }
                }
                other => Err(format!("{other:?}")),
            }
        })
        .await
    }

    /// Errors in the console since the last time that this was asked.
    ///
    /// # Panics
    /// If the browser does not answer.
    pub async fn errors(&self) -> Vec<String> {
        let lines = self.browser.console().await.expect("the console's lines");
        lines
            .into_iter()
            .filter(|(level, _)| level == "SEVERE")
            .map(|(_, text)| text)
            .collect()
    }

    /// A picture of what the window shows, as PNG.
    ///
    /// # Panics
    /// If the browser does not answer.
    pub async fn screenshot(&self) -> Vec<u8> {
        self.client().screenshot().await.expect("a screenshot")
    }
}
