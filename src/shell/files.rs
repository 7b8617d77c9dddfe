//! Logs as files: opened by a picker, by drop or by the link, and saved.

use std::cell::Cell;
use std::slice;

use wakeline_timeline::log::encode;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, DragEvent, File, FileList, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::context::Context;
use super::element::press;
use super::icon::{Icon, icon};
use crate::browser::{self, Listener, Unread};
use crate::element::{all, element};
use crate::model::ModelHandle;
use crate::state::file::{LARGEST, Progress, Reading, Refusal};
use crate::state::{Action, App, Notice, Request, Run};
use crate::study;

/// Where a log comes from.
pub(super) enum Source {
    /// Of several, the first is shown and the second is there to compare it with.
    Files(Vec<File>),
    Address(String),
}

thread_local! {
    /// How often logs were opened: what was asked for last counts, whatever is ready first.
    static OPENED: Cell<u32> = const { Cell::new(0) };
}

/// Reads a log and puts it on screen, or says why not.
pub(super) fn open(source: Source, act: Callback<Action>) {
    if matches!(&source, Source::Files(files) if files.is_empty()) {
        return;
    }
    let number = OPENED.get() + 1;
    OPENED.set(number);
    let act = Callback::from(move |action| {
        if OPENED.get() == number {
            act.emit(action);
        }
    });
    spawn_local(async move {
        let (name, address, file, others) = match source {
            Source::Files(mut files) => {
                let first = files.remove(0);
                (first.name(), None, Ok(first.into()), files)
            }
            Source::Address(address) => {
                let file = browser::load(&address).await;
                (address.clone(), Some(address), file, Vec::new())
            }
        };
        let read = match file {
            Ok(file) => self::read(&file, &name, &act).await,
            Err(unread) => Err(not_read(&name, unread)),
        };
        let mut beside = None;
        if let (Ok(Ok(_)), Some(file)) = (&read, others.first()) {
            let name = file.name();
            match self::read(file, &name, &act).await {
                Ok(Ok(model)) => beside = Some((name, model, others.len() - 1)),
                Ok(Err(refusal)) => act.emit(Action::Tell(Notice::FileRefused { name, refusal })),
                Err(notice) => act.emit(Action::Tell(notice)),
            }
        }
        act.emit(match read {
            Ok(read) => Action::Open {
                name,
                address,
                read,
                beside,
            },
            Err(notice) => Action::NoLog(notice),
        });
    });
}

fn all_of(list: Option<FileList>) -> Vec<File> {
    let list = list.as_ref();
    let get = |at| list.and_then(|list| list.get(at));
    (0..).map_while(get).collect()
}

fn not_read(name: &str, unread: Unread) -> Notice {
    Notice::FileUnread {
        name: name.to_owned(),
        key: match unread {
            Unread::Failed => "page.file.unread",
            Unread::TooLarge => "page.file.too-large",
            Unread::Elsewhere => "page.file.elsewhere",
        },
    }
}

/// The log in a file: part by part, so that the page goes on between two of them, and says how far
/// it is. A log in the JSON form goes through the study first, which may have a problem with it.
async fn read(
    file: &Blob,
    name: &str,
    act: &Callback<Action>,
) -> Result<Result<ModelHandle, Refusal>, Notice> {
    let failed = |unread| not_read(name, unread);
    if file.size() > LARGEST {
        return Err(failed(Unread::TooLarge));
    }
    let begin = browser::parts(file, slice::from_ref(&(0..1))).await;
    let file = match begin.map_err(failed)?.concat().first() {
        Some(b'{') => study::import(file).await.map_err(|problem| {
            let name = name.to_owned();
            Notice::FileProblem { name, problem }
        })?,
        _ => file.clone(),
    };
    // A log has fewer bytes than 32 bits count: it is not too large.
    let mut reading = Reading::begin(file.size() as usize);
    let mut told = 0;
    loop {
        let parts = browser::parts(&file, &reading.wanted()).await;
        reading = match reading.give(&parts.map_err(failed)?) {
            Ok(Progress::Reading(reading)) => reading,
            Ok(Progress::Read(model)) => return Ok(Ok(model)),
            Err(refusal) => return Ok(Err(refusal)),
        };
        // Saying it redraws the page.
        let share = reading.share();
        if share >= told + STEP {
            told = share;
            let name = name.to_owned();
            act.emit(Action::Opening { name, share });
        }
    }
}

/// Hundredths of a file after which the page says anew how far it is.
const STEP: u32 = 20;

/// The button that opens a log, the one that saves the log on screen, and the other forms in which
/// a run that is over can be saved.
pub fn file_buttons(page: &Context, run: Option<&Run>) -> Html {
    let act = page.act.clone();
    let onchange = Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        open(Source::Files(all_of(input.files())), act.clone());
        // The same file can be opened again.
        input.set_value("");
    });
    let save = run.map(|run| {
        let (model, name) = (run.model.clone(), file_name(run, "wakeline"));
        Callback::from(move |_: MouseEvent| {
            let bytes = encode(model.read().log());
            browser::save(&name, "application/octet-stream", &bytes);
        })
    });
    let chosen = page.on(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        let format = FORMATS.into_iter().find(|format| *format == select.value());
        select.set_value("");
        Action::Do(Request::Export(format.unwrap_or_default()))
    });
    element("span")
        .class("file-buttons")
        .child(
            element("label")
                .class("tool-text")
                .attr("title", page.say("page.file.open.help"))
                .child(icon(Icon::Open))
                .child(element("span").child(page.say("page.file.open")))
                .child(
                    element("input")
                        .attr("type", "file")
                        .attr("multiple", true)
                        .class("visually-hidden")
                        .testid("open-log")
                        .attr("aria-label", page.say("page.file.open.help"))
                        .on_change(onchange),
                ),
        )
        .child(if let Some(save) = save {
            all(vec![
                element("button")
                    .attr("type", "button")
                    .class("tool-text")
                    .testid("save-log")
                    .attr("title", page.say("page.file.save.help"))
                    .on_click(save)
                    .child(icon(Icon::Save))
                    .child(element("span").child(page.say("page.file.save")))
                    .html(),
                element("select")
                    .class("tool-text")
                    .testid("export")
                    .attr("aria-label", page.say("page.export"))
                    .attr("disabled", run.is_none_or(Run::is_under_way))
                    .on_change(chosen)
                    .child(
                        element("option")
                            .attr("value", "")
                            .attr("selected", true)
                            .child(page.say("page.export")),
                    )
                    .children(
                        FORMATS
                            .iter()
                            .map(|format| {
                                element("option")
                                    .key(*format)
                                    .attr("value", *format)
                                    .child(page.say_of("page.export.", format))
                                    .html()
                            })
                            .collect(),
                    )
                    .html(),
            ])
        } else {
            Html::default()
        })
        .html()
}

/// The forms besides the binary one.
const FORMATS: [&str; 4] = ["png", "svg", "json", "chrome-trace"];

/// `producer-consumer.wakeline` or with another ending; the log says with which parameters.
pub fn file_name(run: &Run, ending: &str) -> String {
    let demo = match &*run.plan.demo {
        "" => "log",
        demo => demo,
    };
    // A file may say anything of itself.
    let plain = |letter: &char| letter.is_ascii_alphanumeric() || *letter == '-';
    let mut name: String = demo.chars().filter(plain).take(60).collect();
    name.push('.');
    name.push_str(ending);
    name
}

/// Says that a file is on screen and no run, and leads back.
pub fn file_bar(page: &Context, app: &App) -> Html {
    if let Some((name, share)) = &app.opening {
        let share = share.to_string();
        let text = page.say_with("page.file.opening", &[("name", name), ("share", &share)]);
        return element("p")
            .class("notice notice-file")
            .testid("opening")
            .child(text)
            .html();
    }
    let Some(file) = &app.file else {
        return Html::default();
    };
    element("div")
        .class("notice notice-file")
        .attr("role", "status")
        .testid("file")
        .child(icon(Icon::Open))
        .child(element("p").child(page.say_with("page.file.shown", &[("name", &file.name)])))
        .child(
            element("button")
                .attr("type", "button")
                .class("button")
                .testid("close-file")
                .on_click(press(page, Action::CloseFile))
                .child(page.say("page.file.back")),
        )
        .html()
}

/// Opens a log that is dropped anywhere on the page.
#[must_use]
pub fn dropped(act: &Callback<Action>) -> [Listener; 3] {
    let document = browser::document();
    // This name of an attribute is valid everywhere.
    let mark = |dragged: bool| {
        let root = browser::root();
        root.map(|root| root.toggle_attribute_with_force("data-dropping", dragged))
    };
    ["dragover", "dragleave", "drop"].map(|kind| {
        let act = act.clone();
        Listener::new(&document, kind, move |event| {
            let event: DragEvent = event.unchecked_into();
            let Some(data) = event.data_transfer() else {
                return;
            };
            // Text can be dragged into a field as ever.
            if !data.types().includes(&"Files".into(), 0) {
                return;
            }
            event.prevent_default();
            let _ = mark(kind == "dragover");
            if kind == "drop" {
                open(Source::Files(all_of(data.files())), act.clone());
            }
        })
    })
}
