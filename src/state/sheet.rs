//! Dialogs over the page.

/// Which dialog is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// The list of demos.
    Demos,
    /// The form.
    Form,
    /// Help.
    Help,
    /// All demos at a glance.
    Overview,
    /// One input that finds everything.
    Quick,
}

impl Sheet {
    /// Its name in tests and in the style sheet.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Demos => "demos",
            Self::Form => "form",
            Self::Help => "help",
            Self::Overview => "overview",
            Self::Quick => "quick",
        }
    }

    /// The key of its heading in the phrase table.
    #[must_use]
    pub fn heading(self) -> &'static str {
        match self {
            Self::Demos => "page.demos",
            Self::Form => "page.parameters",
            Self::Help => "page.help",
            Self::Overview => "page.overview",
            Self::Quick => "page.quick",
        }
    }
}
