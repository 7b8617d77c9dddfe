//! Where the reader is in the lessons.

use std::rc::Rc;

use wakeline_phrases::Language;
use wakeline_protocol::{Clock, DemoSpec, Policy};
use wakeline_timeline::Axis;

use super::lesson::{Goal, Lesson, Progress, Step, find_named};
use super::look::{Look, Playhead};
use super::run::Run;
use super::setup::{DEFAULT_SEED, Setup};

/// Where the reader is in the lessons.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Learning {
    /// What was done with each demo.
    pub progress: Progress,
    /// The steps of the demo on screen whose answers are shown: bit N for step N.
    pub revealed: u32,
    /// The step, from 0, that the run on screen is about.
    pub tried: Option<u32>,
    pub(super) goal: Option<Goal>,
    pub(super) lessons: Vec<Loaded>,
}

/// A demo, a language, and its lesson in it if there is one.
type Loaded = (String, Language, Rc<Option<Lesson>>);

impl Learning {
    /// The lesson of a demo, once it has arrived; `None` in it if there is none.
    #[must_use]
    pub fn lesson(&self, demo: &str, language: Language) -> Option<&Rc<Option<Lesson>>> {
        let mut lessons = self.lessons.iter();
        let found = lessons.find(|(slug, tongue, _)| slug == demo && *tongue == language);
        found.map(|(.., lesson)| lesson)
    }

    /// A lesson has arrived.
    pub(super) fn add(&mut self, demo: String, language: Language, lesson: Option<Lesson>) {
        self.lessons.push((demo, language, Rc::new(lesson)));
    }

    /// The reader looks at another demo.
    pub(super) fn begin(&mut self, demo: &str) {
        self.progress.add(demo, 1);
        self.revealed = 0;
        self.leave();
    }

    /// The run is not that of a step any more.
    pub(super) fn leave(&mut self) {
        self.tried = None;
        self.goal = None;
    }

    /// The answer of a step, counted from 1, is to be shown.
    pub(super) fn reveal(&mut self, demo: &str, number: u32) {
        let bit = 1u32.checked_shl(number).unwrap_or_default();
        self.revealed |= bit;
        self.progress.add(demo, bit);
    }

    /// The settings of a step go into the form; where it leads is followed when its run is here.
    pub(super) fn try_step(
        &mut self,
        (at, evidence): (u32, bool),
        spec: &DemoSpec,
        setup: &mut Setup,
        look: &mut Look,
    ) {
        let Some(lesson) = self.lesson(&spec.slug, look.language).cloned() else {
            return;
        };
        let steps = lesson.as_ref().as_ref().map(|lesson| &lesson.steps);
        let Some(step) = steps.and_then(|steps| steps.get(at as usize)) else {
            return;
        };
        apply(step, spec, setup);
        look.axis = Axis::from_name(&step.axis).unwrap_or_default();
        self.tried = Some(at);
        self.goal = Some(step.goal(evidence));
    }

    /// Follows where a step leads, in its run.
    pub(super) fn arrive(&mut self, run: &Run, look: &mut Look) {
        let Some(goal) = self.goal.take() else {
            return;
        };
        let model = run.model.read();
        if let Some(step) = goal.at.and_then(|place| place.step(&model)) {
            look.playhead = Playhead::at(step, model.len());
        }
        look.selection = find_named(&model, &goal.select);
    }
}

/// Puts the settings of a step into the form, and nothing else.
fn apply(step: &Step, spec: &DemoSpec, setup: &mut Setup) {
    let preset = spec
        .presets
        .iter()
        .find(|preset| preset.name == step.preset);
    let values = preset.map(|preset| preset.values.clone());
    let form = setup.form_mut();
    form.replace(spec, &values.unwrap_or_default());
    for (name, text) in &step.set {
        if let Some(param) = spec.param(name)
            && let Ok(value) = param.parse(text)
        {
            form.set(param, value.to_string());
        }
    }
    setup.seed = match &*step.seed {
        "" => DEFAULT_SEED.to_string(),
        seed => seed.to_owned(),
    };
    setup.policy = Policy::from_text(&step.policy).unwrap_or_default();
    setup.clock = Clock::default();
}
