//! The state and how actions change it.

use std::rc::Rc;

use wakeline_phrases::Language;
use wakeline_protocol::{Clock, DemoSpec, SourceFile};

use super::action::Action;
use super::companion::Companion;
use super::file::{OpenedFile, Refusal};
use super::learning::Learning;
use super::lesson::Progress;
use super::line::happened_at;
use super::link;
use super::look::{Look, Panel, Playhead, Theme};
use super::newest::Limit;
use super::notice::{Notice, Notices};
use super::run::{Effect, Phase, Run, RunPlan, Runs};
use super::setup::Setup;
use super::sheet::Sheet;
use crate::engine::{Event, Failure};
use crate::model::ModelHandle;
use crate::selection::Axis;
use crate::study::{Answers, Question};
use crate::view::{Command, Marked, PathSegment};

/// What holds when a link says nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Defaults {
    /// The companion server: where the page came from. Empty once it is known that there is none.
    pub server: String,
    /// The language that the browser prefers.
    pub language: Language,
    /// The language that was chosen on an earlier visit. It stands in the link, since the
    /// browser of whoever opens the link does not know of it.
    pub chosen_language: Option<Language>,
    /// The theme that was chosen on an earlier visit.
    pub theme: Theme,
    /// The limit of a log that was chosen on an earlier visit.
    pub limit: Limit,
    /// What earlier visits did with the demos, as [`Progress`] keeps it.
    pub progress: String,
}

/// How it stands with the engine.
#[derive(Clone, Debug, PartialEq)]
pub enum EngineState {
    /// It is loading.
    Loading,
    /// It answers.
    Ready,
    /// It cannot be had.
    Failed(Failure),
}

/// The state of the page.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    /// What holds when a link says nothing.
    pub defaults: Defaults,
    /// How it stands with the engine.
    pub engine: EngineState,
    /// What is known of the companion server.
    pub companion: Companion,
    /// Every demo; empty until the engine has said which there are.
    pub demos: Rc<Vec<DemoSpec>>,
    /// What is to be run.
    pub setup: Setup,
    /// Where the reader is and how the page looks.
    pub look: Look,
    /// The runs.
    pub runs: Runs,
    /// The log that is shown in the place of a run.
    pub file: Option<OpenedFile>,
    /// A file that is being read, and how much of it was, in hundredths.
    pub opening: Option<(String, u32)>,
    /// How many logs were opened: each has a number of its own, counted down from the greatest.
    files_opened: u32,
    /// The address of a log that the link names, until it is here.
    pub awaited_log: Option<String>,
    /// Which dialog is open.
    pub sheet: Option<Sheet>,
    /// The run that was asked to stop and has not ended yet.
    pub stopping: Option<u32>,
    /// The run that others are compared with.
    pub kept: Option<Run>,
    /// What the study said of the run on screen.
    pub answers: Answers,
    /// The events that are pointed at.
    pub marked: Rc<[Marked]>,
    /// The line of the slice that is pointed at: an index into the log's locations, 0 for none.
    pub line: u16,
    /// What the timeline was asked to do last, and how often it was asked.
    pub wanted: (u32, Option<Command>),
    /// Where the reader is in the lessons.
    pub learning: Learning,
    /// What the page has to tell.
    pub notices: Notices,
    /// The sources that have arrived, by demo.
    sources: Vec<(String, Rc<Vec<SourceFile>>)>,
    /// The pairs of the link that belong to nobody.
    rest: Vec<(String, String)>,
    /// The pairs of the link that could not be used; told once the parameters are read too.
    bad: Vec<(String, String)>,
}

impl App {
    /// The page as a link opens it. The engine is still to come.
    #[must_use]
    pub fn open(query: &str, defaults: Defaults) -> Self {
        let look = Look {
            language: defaults.chosen_language.unwrap_or(defaults.language),
            theme: defaults.theme,
            ..Look::default()
        };
        let learning = Learning {
            progress: Progress::read(&defaults.progress),
            ..Learning::default()
        };
        let mut setup = Setup::new(defaults.server.clone());
        setup.limit = defaults.limit;
        let opened = link::open(query, setup, look);
        Self {
            defaults,
            engine: EngineState::Loading,
            companion: Companion::default(),
            demos: Rc::default(),
            setup: opened.setup,
            look: opened.look,
            runs: Runs::default(),
            file: None,
            opening: None,
            files_opened: 0,
            awaited_log: opened.log,
            sheet: None,
            stopping: None,
            kept: None,
            answers: Answers::default(),
            marked: Rc::default(),
            line: 0,
            wanted: (0, None),
            learning,
            notices: Notices::default(),
            sources: Vec::new(),
            rest: opened.rest,
            bad: opened.bad,
        }
    }

    /// The chosen demo, once the demos are known.
    #[must_use]
    pub fn spec(&self) -> Option<&DemoSpec> {
        self.find(&self.setup.demo)
    }

    /// The demo with this slug.
    #[must_use]
    pub fn find(&self, slug: &str) -> Option<&DemoSpec> {
        self.demos.iter().find(|demo| demo.slug == slug)
    }

    /// What to run; `None` while something that was typed is wrong, or the demos are unknown.
    #[must_use]
    pub fn plan(&self) -> Option<RunPlan> {
        self.setup.plan(self.spec()?)
    }

    /// What runs without being asked for: anything in virtual time.
    #[must_use]
    pub fn automatic_plan(&self) -> Option<RunPlan> {
        self.plan().filter(|plan| plan.clock == Clock::Virtual)
    }

    /// Whether the run on screen is not what the form says.
    #[must_use]
    pub fn is_out_of_date(&self) -> bool {
        match (self.runs.newest(), self.plan()) {
            (Some(run), Some(plan)) => run.plan != plan,
            (Some(_), None) => true,
            (None, _) => false,
        }
    }

    /// The run on screen: that of a file, if one is open.
    #[must_use]
    pub fn shown(&self) -> Option<&Run> {
        match &self.file {
            Some(file) => Some(&file.run),
            // What would be gone in a moment is not shown.
            None if self.awaited_log.is_some() => None,
            None => self.runs.shown.as_ref(),
        }
    }

    /// The questions about the run on screen that are to be asked now.
    #[must_use]
    pub fn questions(&self) -> Vec<Question> {
        let Some(run) = self.shown().filter(|run| !run.is_under_way()) else {
            return Vec::new();
        };
        let panel = self.look.panel;
        let wanted = |question: &Question| match question {
            // Their number stands on the tab; of a long run it is not worth the wait.
            Question::Findings => panel == Panel::Diagnosis || run.events() <= SMALL,
            Question::Path => self.look.path,
            Question::Metrics => panel == Panel::Metrics,
            Question::Compare => panel == Panel::Compare && self.kept.is_some(),
        };
        let known = |question: &Question| {
            self.answers.of == self.compared() && self.answers.get(*question).is_some()
        };
        let questions = Question::ALL.into_iter();
        questions
            .filter(|question| wanted(question) && !known(question))
            .collect()
    }

    /// What the study said of the run on screen, and nothing that it said of another.
    #[must_use]
    pub fn known(&self) -> Answers {
        if self.answers.of == self.compared() {
            self.answers.clone()
        } else {
            Answers::default()
        }
    }

    /// The critical path that is to be drawn.
    #[must_use]
    pub fn drawn_path(&self) -> Rc<[PathSegment]> {
        if self.look.path && self.answers.of.0 == self.compared().0 {
            Rc::clone(&self.answers.path)
        } else {
            Rc::default()
        }
    }

    /// The kept run, if it is another one than that on screen.
    #[must_use]
    pub fn ghost(&self) -> Option<ModelHandle> {
        let (shown, kept) = self.compared();
        let run = self.kept.as_ref().filter(|_| shown != kept);
        run.map(|run| run.model.clone())
    }

    /// The numbers of the run on screen and of the kept one, 0 for none.
    #[must_use]
    pub fn compared(&self) -> (u32, u32) {
        let number = |run: Option<&Run>| run.map_or(0, |run| run.number);
        (number(self.shown()), number(self.kept.as_ref()))
    }

    /// The playhead in the run on screen: the number of events before it.
    #[must_use]
    pub fn step(&self) -> usize {
        let first = self.shown().map_or(0, |run| run.model.read().first());
        self.look.playhead.step(self.events()).max(first)
    }

    fn events(&self) -> usize {
        self.shown().map_or(0, Run::events)
    }

    /// The source of a demo, once it has arrived.
    #[must_use]
    pub fn source(&self, demo: &str) -> Option<&Rc<Vec<SourceFile>>> {
        let found = self.sources.iter().find(|(known, _)| known == demo);
        found.map(|(_, files)| files)
    }

    /// The pairs of the link that belong to nobody.
    #[must_use]
    pub fn unknown_pairs(&self) -> &[(String, String)] {
        &self.rest
    }

    /// Something has happened.
    pub fn act(&mut self, action: Action) {
        if changes_the_run(&action) {
            self.close_file();
            self.learning.leave();
        }
        match action {
            Action::Engine(event) => {
                self.hear(event);
                self.arrive();
            }
            Action::Late(number) => self.replacing(|runs| runs.late(number)),
            Action::LetGo(number) => self.let_go(number),
            Action::Stopping(number) => self.stopping = Some(number),
            // The page does these, with what it has besides its state.
            Action::Do(_) | Action::Draw(_) => {}

            Action::Choose(slug) => self.choose(slug),
            Action::Visit(slug) => {
                self.choose(slug);
                self.close_sheet();
            }
            Action::SetParam(name, text) => {
                if let Some(param) = self.spec().and_then(|spec| spec.param(&name)).cloned() {
                    self.setup.form_mut().set(&param, text);
                }
            }
            Action::ResetParam(name) => self.setup.form_mut().reset(&name),
            Action::ResetParams => *self.setup.form_mut() = Default::default(),
            Action::Preset(name) => {
                if let Some(spec) = self.spec().cloned()
                    && let Some(preset) = spec.presets.iter().find(|preset| preset.name == name)
                {
                    self.setup.form_mut().replace(&spec, &preset.values);
                }
            }
            Action::SetSeed(text) => self.setup.seed = text,
            Action::SetPolicy(policy) => self.setup.policy = policy,
            Action::SetClock(clock) => self.setup.clock = clock,
            Action::SetServer(text) => self.setup.server = text,
            Action::SetLimit(limit) => self.setup.limit = limit,
            Action::Found(address, found) => self.found(address, found),

            Action::Playhead(step) => {
                self.look.playhead = Playhead::at(step, self.events());
            }
            Action::Select(selection) => self.look.selection = selection,
            Action::Range(range) => self.look.range = range,
            Action::Bookmarks(bookmarks) => self.look.bookmarks = bookmarks,
            Action::Panel(panel) => self.look.panel = panel,
            Action::Path(shown) => self.look.path = shown,
            Action::Evidence { steps, subject } => {
                self.look.playhead = Playhead::at(steps.start + 1, self.events());
                self.look.selection = subject;
                self.marked = Rc::new([Marked { steps, subject }]);
            }
            Action::Point(line) => {
                let found = line.and_then(|(file, line)| {
                    let model = self.shown()?.model.read();
                    Some(happened_at(&model, &file, line))
                });
                self.marked = found.unwrap_or_default().into();
            }
            Action::Line(line) => self.line = line,
            Action::Timeline(command) => self.wanted = (self.wanted.0 + 1, Some(command)),
            Action::Keep(keep) => self.kept = self.shown().filter(|_| keep).cloned(),
            Action::Answer {
                of,
                question,
                answer,
            } => {
                if self.answers.of != of {
                    self.answers = Answers::about(of);
                }
                // An answer about a run that is gone would mislead.
                if self.shown().is_some_and(|run| run.number == of.0) {
                    self.answers.add(question, answer);
                }
            }
            Action::Overview(shown) => self.look.overview = shown,
            Action::Sheet(None) => self.close_sheet(),
            Action::Sheet(sheet) => self.sheet = sheet,
            Action::Axis(axis) => self.look.axis = axis,
            Action::Language(language) => self.look.language = language,
            Action::Theme(theme) => self.look.theme = theme,

            Action::Source { demo, files } => self.sources.push((demo, Rc::new(files))),

            Action::Lesson {
                demo,
                language,
                lesson,
            } => self.learning.add(demo, language, lesson),
            Action::Try(at, evidence) => self.try_step(at, evidence),
            Action::Reveal(number) => self.learning.reveal(&self.setup.demo, number),

            Action::Open {
                name,
                address,
                read,
                beside,
            } => {
                let shown = name.clone();
                self.open_file(name, address, read);
                if let Some((name, model, more)) = beside {
                    self.compare_with(shown, name, model, more);
                }
            }
            Action::Opening { name, share } => self.opening = Some((name, share)),
            Action::NoLog(notice) => {
                self.awaited_log = None;
                self.opening = None;
                self.notices.push(notice);
            }
            Action::CloseFile => self.close_file(),

            Action::Tell(notice) => self.notices.push(notice),
            Action::Dismiss(id) => self.notices.dismiss(id),
        }
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Loading => self.engine = EngineState::Loading,
            Event::Ready(demos) => {
                self.engine = EngineState::Ready;
                self.settle(demos);
            }
            Event::Failed(failure) => self.engine = EngineState::Failed(failure),
            Event::Asked { run, plan } => {
                self.notices.begin_run();
                self.stopping = None;
                if !plan.server.is_empty() {
                    self.companion.grow_old();
                }
                self.runs.ask(run, plan);
            }
            Event::Started { run } => self.replacing(|runs| runs.started(run)),
            Event::Batch { run, bytes } => {
                let mut damage = None;
                self.replacing(|runs| {
                    runs.batch(run, &bytes).unwrap_or_else(|code| {
                        damage = Some(code);
                        Effect::Stale
                    })
                });
                if let Some(code) = damage {
                    self.notices.push(Notice::Damaged { code });
                    self.over(run, Phase::Damaged);
                }
            }
            Event::Ended { run, summary } => self.over(run, Phase::Ended(summary)),
            Event::Refused { run, problems } => {
                if self.runs.refused(run) == Effect::Changed {
                    self.notices.push(Notice::Refused(problems));
                }
            }
            Event::Withdrawn { run } => {
                let _ = self.runs.refused(run);
                self.stopping = None;
            }
            Event::Lost { run } => self.over(run, Phase::CutOff),
            Event::Replaced { run } => {
                self.notices.push(Notice::Replaced);
                self.over(run, Phase::CutOff);
            }
            Event::Crashed { run, message } => {
                self.notices.push(Notice::Crashed { message });
                self.over(run, Phase::Crashed);
            }
        }
    }

    /// The demos are known. An engine that was replaced says them again.
    fn settle(&mut self, demos: Vec<DemoSpec>) {
        let first_time = self.demos.is_empty();
        self.demos = Rc::new(demos);
        if !first_time {
            return;
        }
        if self.spec().is_none()
            && let Some(first) = self.demos.first()
        {
            let slug = std::mem::replace(&mut self.setup.demo, first.slug.clone());
            // A catalogue without the default demo is no mistake of the reader's.
            if slug != super::setup::DEFAULT_DEMO {
                self.notices.push(Notice::UnknownDemo { slug });
            }
        }
        if let Some(spec) = self.spec().cloned() {
            self.learning.begin(&spec.slug);
            link::take_params(&mut self.rest, &mut self.bad, &spec, &mut self.setup);
        }
        if !self.bad.is_empty() {
            self.notices
                .push(Notice::BadLink(std::mem::take(&mut self.bad)));
        }
    }

    fn close_sheet(&mut self) {
        self.sheet = None;
        self.look.overview = false;
    }

    fn try_step(&mut self, at: u32, evidence: bool) {
        if let Some(spec) = self.spec().cloned() {
            self.close_file();
            let step = (at, evidence);
            self.learning
                .try_step(step, &spec, &mut self.setup, &mut self.look);
            self.arrive();
        }
    }

    /// Follows where a step of the lesson leads, if its run is here.
    fn arrive(&mut self) {
        let plan = self.plan();
        if let Some(run) = &self.runs.shown
            && !run.is_under_way()
            && plan.as_ref() == Some(&run.plan)
        {
            self.learning.arrive(run, &mut self.look);
        }
    }

    fn choose(&mut self, slug: String) {
        if slug == self.setup.demo || self.find(&slug).is_none() {
            return;
        }
        self.learning.begin(&slug);
        self.setup.demo = slug;
        self.look.selection = None;
        self.look.bookmarks = Default::default();
        self.look.range = None;
        self.look.playhead = Playhead::End;
        self.notices.begin_run();
        // The picture of another demo stays only until the new run is here, which takes a
        // moment; where nothing runs by itself it would stay for good.
        if self.automatic_plan().is_none() {
            self.runs = Runs::default();
        }
    }

    fn open_file(
        &mut self,
        name: String,
        address: Option<String>,
        read: Result<ModelHandle, Refusal>,
    ) {
        // Where the link put the reader is in the log that it names.
        let linked = self.awaited_log.take().is_some() && address.is_some();
        self.opening = None;
        match read {
            Ok(model) => {
                self.files_opened += 1;
                let number = u32::MAX - self.files_opened;
                let mut file = OpenedFile::new(name, address, model, number, &self.look);
                if let Some(before) = &self.file {
                    before.replaced_by(&mut file);
                }
                self.file = Some(file);
                self.notices.open_file();
                if !linked {
                    self.look.selection = None;
                    self.look.playhead = Playhead::End;
                    self.look.bookmarks = Default::default();
                    self.look.range = None;
                }
            }
            Err(refusal) => self.notices.push(Notice::FileRefused { name, refusal }),
        }
    }

    /// A second log was opened with the one that is shown: it is the one to compare with.
    fn compare_with(&mut self, shown: String, name: String, model: ModelHandle, more: usize) {
        self.files_opened += 1;
        let number = u32::MAX - self.files_opened;
        let file = OpenedFile::new(name.clone(), None, model, number, &self.look);
        self.kept = Some(file.run);
        let kept = name;
        self.notices.push(Notice::Several { shown, kept, more });
    }

    fn close_file(&mut self) {
        self.awaited_log = None;
        if let Some(file) = self.file.take() {
            file.restore(&mut self.look);
        }
    }

    fn over(&mut self, number: u32, phase: Phase) {
        if self.stopping == Some(number) {
            self.stopping = None;
        }
        self.replacing(|runs| runs.over(number, phase));
    }

    /// The log of a run has become shorter at its beginning.
    fn let_go(&mut self, number: u32) {
        match self.runs.let_go(number) {
            Ok(None) => {}
            Ok(Some(phase)) => self.over(number, phase),
            Err(code) => {
                self.notices.push(Notice::Damaged { code });
                self.over(number, Phase::Damaged);
            }
        }
    }

    /// Does something that may put another run on screen, and keeps the reader at the moment of
    /// the run's clock at which they were: a step of one run says nothing in another.
    fn replacing(&mut self, change: impl FnOnce(&mut Runs) -> Effect) {
        if self.file.is_some() {
            // The reader is elsewhere, and comes back to a step that may have moved.
            let _ = change(&mut self.runs);
            return;
        }
        let before = match (self.look.playhead, &self.runs.shown) {
            (Playhead::At(step), Some(run)) => Some((
                run.plan.demo.clone(),
                run.model.read().log().columns.time(step.saturating_sub(1)),
            )),
            _ => None,
        };
        if change(&mut self.runs) == Effect::Replaced
            && let Some((demo, time)) = before
            && let Some(run) = &self.runs.shown
        {
            self.look.playhead = if run.plan.demo == demo {
                let model = run.model.read();
                Playhead::at(model.step_at(Axis::Time, time as f64), model.len())
            } else {
                Playhead::End
            };
        }
    }
}

/// Runs of more events than this are studied only when somebody asks.
const SMALL: usize = 100_000;

/// Whether somebody who does this wants to see a run, not a file.
fn changes_the_run(action: &Action) -> bool {
    matches!(
        action,
        Action::Choose(_)
            | Action::Visit(_)
            | Action::SetParam(..)
            | Action::ResetParam(_)
            | Action::ResetParams
            | Action::Preset(_)
            | Action::SetSeed(_)
            | Action::SetPolicy(_)
            | Action::SetClock(_)
            | Action::SetServer(_)
            | Action::SetLimit(_)
    )
}
