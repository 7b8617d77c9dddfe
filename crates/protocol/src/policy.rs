//! Which of the ready tasks goes next.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Which of the ready tasks goes next. In messages, in links and on command lines it is a text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Policy {
    /// First in, first out.
    #[default]
    Fifo,
    /// Any, by the seed.
    Random,
    /// The one with the greatest priority, of equal ones the first.
    Priority,
    /// As the choices of another run say: its text, which only the runtime understands.
    Recorded(String),
}

/// What stands before the choices of a run.
const RECORDED: &str = "recorded:";

impl Policy {
    /// What the texts of policies look like, for messages about others.
    pub const FORMS: &str = "fifo, random, priority, recorded:CHOICES";

    /// The policy that this text stands for. Whether choices make sense is not asked here.
    ///
    /// ```
    /// use wakeline_protocol::Policy;
    ///
    /// assert_eq!(Policy::from_text("random"), Some(Policy::Random));
    /// assert_eq!(Policy::from_text("recorded:ABC"), Some(Policy::Recorded("ABC".to_owned())));
    /// assert_eq!(Policy::from_text("lifo"), None);
    /// ```
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        match text {
            "fifo" => Some(Self::Fifo),
            "random" => Some(Self::Random),
            "priority" => Some(Self::Priority),
            _ => {
                let choices = text.strip_prefix(RECORDED)?;
                Some(Self::Recorded(choices.to_owned()))
            }
        }
    }

    /// The name of the policy without its choices: a key of the phrase table.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Fifo => "fifo",
            Self::Random => "random",
            Self::Priority => "priority",
            Self::Recorded(_) => "recorded",
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Recorded(choices) => write!(f, "{RECORDED}{choices}"),
            other => f.write_str(other.name()),
        }
    }
}

impl From<Policy> for String {
    fn from(policy: Policy) -> Self {
        policy.to_string()
    }
}

impl TryFrom<String> for Policy {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::from_text(&text).ok_or_else(|| format!("no policy is called {text}"))
    }
}
