//! Questions and their answers.

mod path;

use wakeline_protocol::Problem;
use wakeline_timeline::diagnosis;
use wakeline_timeline::json::Json;

use crate::{Shelf, Slot};

/// What is asked, about which log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// The name of the question.
    pub what: String,
    /// The name of the slot; of a comparison both are used.
    pub slot: String,
    /// For an export: the format.
    pub format: String,
    /// For a picture: what of the run.
    pub view: View,
}

/// What of a run a picture shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Its width in pixels; 0 for one that fits a page.
    pub width: u32,
    /// The name of the axis.
    pub axis: String,
    /// The position on the axis at the left edge.
    pub start: f64,
    /// The position at the right edge; with 0 the whole run is shown.
    pub end: f64,
    /// Whether the ground is dark.
    pub dark: bool,
    /// The tasks, and the resources as negative numbers, from top to bottom; empty for all.
    pub lanes: Vec<i64>,
    /// The tag of the language.
    pub language: String,
}

/// What is said to a question.
#[derive(Debug, PartialEq)]
pub struct Answer {
    /// An object.
    pub object: String,
    /// The bytes of a file, if that is what was asked for.
    pub bytes: Option<Vec<u8>>,
}

/// Answers a question.
///
/// # Errors
/// If there is no such question or slot, or no log in it that could be read.
pub fn answer(shelf: &Shelf, question: &Question) -> Result<Answer, Problem> {
    let unknown = || Problem::new("unknown-question").with("input", &question.what);
    let slot = Slot::from_name(&question.slot).ok_or_else(unknown)?;
    let mut json = Json::new();
    let bytes = None;
    match &*question.what {
        "findings" => {
            let findings = diagnosis::findings(shelf.log(slot)?);
            json.object(|json| {
                json.field("findings").array(|json| {
                    for finding in &findings {
                        finding.write(json);
                    }
                });
            });
        }
        "critical-path" => path::write(&mut json, shelf.log(slot)?),
        _ => return Err(unknown()),
    }
    Ok(Answer {
        object: json.finish(),
        bytes,
    })
}
