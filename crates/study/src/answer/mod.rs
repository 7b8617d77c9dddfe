//! Questions and their answers.

mod compare;
mod file;
mod metrics;
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
    /// The name of the slot; a comparison is of both.
    pub slot: String,
    /// For an export: the format.
    pub format: String,
    /// For an import: the file.
    pub bytes: Vec<u8>,
    /// For a picture: what of the run.
    pub view: View,
}

/// A lane of a picture.
#[derive(Clone, Debug, PartialEq)]
pub enum Lane {
    /// A task by its id, a resource by the negative of its id, 0 for the executor.
    Of(i64),
    /// A group with its name, and the tasks that stand in its lane; none if their lanes follow.
    Group(String, Vec<u32>),
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
    /// The lanes from top to bottom, empty for all.
    pub lanes: Vec<Lane>,
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
    let mut json = Json::new();
    let mut bytes = None;
    if question.what == "import" {
        // About a file that is in no slot yet.
        bytes = Some(file::import(&mut json, &question.bytes)?);
        return Ok(Answer {
            object: json.finish(),
            bytes,
        });
    }
    let slot = Slot::from_name(&question.slot).ok_or_else(unknown)?;
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
        "metrics" => metrics::write(&mut json, shelf.log(slot)?),
        "compare" => {
            let (kept, current) = (shelf.log(Slot::Kept)?, shelf.log(Slot::Current)?);
            compare::write(&mut json, kept, current);
        }
        "export" => bytes = Some(file::export(&mut json, shelf.log(slot)?, question)?),
        _ => return Err(unknown()),
    }
    Ok(Answer {
        object: json.finish(),
        bytes,
    })
}
