//! What is to be run: demo, parameters, seed, policy, clock and server.

use wakeline_protocol::{Clock, DemoSpec, Modes, Policy, Problem};

use super::form::{Checked, Form};
use super::newest::Limit;
use super::run::RunPlan;

/// The demo that is shown when the link names none.
pub const DEFAULT_DEMO: &str = "producer-consumer";

/// The seed when the link names none; the command line has the same.
pub const DEFAULT_SEED: u64 = 0;

/// What a person chose to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// The demo's slug.
    pub demo: String,
    /// Each demo's form, so that going to another demo and back loses nothing.
    forms: Vec<(String, Form)>,
    /// The seed as it was typed.
    pub seed: String,
    /// The scheduling policy.
    pub policy: Policy,
    /// The clock chosen; a demo of the real network runs live whatever stands here.
    pub clock: Clock,
    /// The companion server's address as it was typed.
    pub server: String,
    /// How large a log may grow.
    pub limit: Limit,
}

impl Setup {
    /// The setup of a page that was opened without a link.
    #[must_use]
    pub fn new(server: String) -> Self {
        Self {
            demo: DEFAULT_DEMO.to_owned(),
            forms: Vec::new(),
            seed: DEFAULT_SEED.to_string(),
            policy: Policy::default(),
            clock: Clock::default(),
            server,
            limit: Limit::default(),
        }
    }

    /// The form of the chosen demo.
    #[must_use]
    pub fn form(&self) -> Form {
        let found = self.forms.iter().find(|(demo, _)| *demo == self.demo);
        found.map(|(_, form)| form.clone()).unwrap_or_default()
    }

    /// The form of the chosen demo, to change it.
    pub fn form_mut(&mut self) -> &mut Form {
        let known = self.forms.iter().position(|(demo, _)| *demo == self.demo);
        let at = known.unwrap_or_else(|| {
            self.forms.push((self.demo.clone(), Form::default()));
            self.forms.len() - 1
        });
        &mut self.forms[at].1
    }

    /// The seed, if what was typed is one.
    ///
    /// # Errors
    /// If it is no whole number of 64 bits.
    pub fn read_seed(&self) -> Result<u64, Problem> {
        self.seed.trim().parse().map_err(|_| {
            // A pasted page of text is not worth repeating.
            let input: String = self.seed.chars().take(40).collect();
            Problem::new("not-a-seed").with("input", input)
        })
    }

    /// The server's address without a slash at its end, if what was typed is one.
    ///
    /// # Errors
    /// If it is no address of a server.
    pub fn read_server(&self) -> Result<String, Problem> {
        let typed = self.server.trim().trim_end_matches('/');
        let host = typed
            .strip_prefix("http://")
            .or_else(|| typed.strip_prefix("https://"));
        let is_host = |host: &str| {
            !host.is_empty()
                && host.len() <= 255
                && host.bytes().all(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']')
                })
        };
        match host {
            Some(host) if is_host(host) => Ok(typed.to_owned()),
            _ => Err(Problem::new("not-a-server")),
        }
    }

    /// The clocks that the demo can run on, as the form stands.
    #[must_use]
    pub fn modes(&self, spec: &DemoSpec) -> Modes {
        match self.check(spec).values {
            Some(values) => spec.modes_with(&values),
            None => spec.modes,
        }
    }

    /// The clock that the demo will run on.
    #[must_use]
    pub fn effective_clock(&self, spec: &DemoSpec) -> Clock {
        match self.modes(spec) {
            Modes::Any | Modes::Network => self.clock,
            Modes::Live => Clock::Live,
        }
    }

    /// Whether the server's address matters for this run.
    #[must_use]
    pub fn needs_server(&self, spec: &DemoSpec) -> bool {
        spec.modes != Modes::Any && self.effective_clock(spec) == Clock::Live
    }

    /// The form, checked.
    #[must_use]
    pub fn check(&self, spec: &DemoSpec) -> Checked {
        self.form().check(spec)
    }

    /// What to run; `None` while something that was typed is wrong.
    #[must_use]
    pub fn plan(&self, spec: &DemoSpec) -> Option<RunPlan> {
        let server = if self.needs_server(spec) {
            self.read_server().ok()?
        } else {
            String::new()
        };
        Some(RunPlan {
            demo: spec.slug.clone(),
            params: self.check(spec).values?,
            seed: self.read_seed().ok()?,
            policy: self.policy.clone(),
            clock: self.effective_clock(spec),
            server,
            limit: self.limit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::samples::{live_demo, sample_demo};

    fn setup(demo: &DemoSpec) -> Setup {
        let mut setup = Setup::new("http://127.0.0.1:8080".to_owned());
        setup.demo = demo.slug.clone();
        setup
    }

    #[test]
    fn a_seed_is_a_whole_number_of_64_bits() {
        let mut setup = setup(&sample_demo());
        setup.seed = " 18446744073709551615 ".to_owned();
        assert_eq!(setup.read_seed(), Ok(u64::MAX));
        for bad in ["", "-1", "1.5", "abc", "18446744073709551616"] {
            setup.seed = bad.to_owned();
            assert_eq!(
                setup.read_seed().map_err(|p| p.code),
                Err("not-a-seed".to_owned())
            );
            assert_eq!(setup.plan(&sample_demo()), None);
        }
    }

    #[test]
    fn a_server_is_an_origin() {
        let mut setup = setup(&live_demo());
        for good in [
            "http://localhost:80",
            "https://a.example/",
            "http://[::1]:8080",
        ] {
            setup.server = good.to_owned();
            assert!(setup.read_server().is_ok(), "{good}");
        }
        for bad in [
            "",
            "localhost",
            "ftp://a",
            "http://",
            "http://a b",
            "http://a/b?c",
        ] {
            setup.server = bad.to_owned();
            assert!(setup.read_server().is_err(), "{bad}");
            assert_eq!(setup.plan(&live_demo()), None);
        }
    }

    #[test]
    fn a_demo_of_the_real_network_is_live_whatever_was_chosen() {
        let plan = setup(&live_demo()).plan(&live_demo()).unwrap();
        assert_eq!(plan.clock, Clock::Live);
        assert_eq!(plan.server, "http://127.0.0.1:8080");
    }

    #[test]
    fn a_bad_server_does_not_matter_to_a_demo_without_one() {
        let mut setup = setup(&sample_demo());
        setup.server = "nonsense".to_owned();
        assert!(setup.plan(&sample_demo()).is_some());
    }

    #[test]
    fn each_demo_keeps_its_form() {
        let (spec, mut setup) = (sample_demo(), setup(&sample_demo()));
        setup.form_mut().set(&spec.params[0], "7".to_owned());
        setup.demo = "another".to_owned();
        assert!(!setup.form().is_any_changed());
        setup.demo = spec.slug;
        assert!(setup.form().is_any_changed());
    }
}
