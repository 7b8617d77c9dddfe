//! The timeline on its canvas, and the transport that moves its playhead.
//!
//! The picture is a pure function of the run's model, the playhead and what the reader chose to
//! see. Three layers keep that apart from the browser:
//!
//! - arithmetic that knows no element: the view on the axis ([`viewport`], [`camera`]), the marks
//!   of the ruler ([`ruler`]), the places of lanes ([`rows`]), playing ([`playback`]), what
//!   pointers and keys mean ([`gestures`], [`keys`]);
//! - questions to the model, answered in pixels and words ([`reading`]);
//! - drawing with a [`pen`] on canvases ([`draw`]).
//!
//! [`timeline`] holds it together: one component that takes messages, and draws once before a
//! paint when something has changed.

mod arrangement;
mod camera;
mod changes;
mod commands;
mod draw;
mod elements;
mod evidence;
mod find_bar;
mod geometry;
mod gestures;
mod icons;
mod key_help;
mod keys;
mod labels;
mod lanes;
mod legend;
mod listening;
mod look;
mod overview;
mod painting;
mod palette;
mod pen;
mod playback;
mod pointing;
mod power;
mod reading;
mod rows;
mod ruler;
mod saving;
mod search;
mod seen;
mod status;
mod telling;
mod timeline;
mod tip;
mod transport;
mod viewport;

pub use evidence::{Marked, PathSegment};
pub use keys::Command;
pub(crate) use keys::commands;
pub(crate) use reading::convert;
pub use saving::Shown;
pub(crate) use timeline::{Timeline, TimelineProps, Wanted};
