//! Questions to the model, answered in pixels and words.

mod details;
mod pieces;
mod relations;
mod resources;
mod thinned;
mod track;
mod wakes;

pub(super) use details::{Spot, announcement, crowded, details, label_detail, line_of};
pub(super) use pieces::{
    executor, executor_weight, failures, ghost_spans, ghosts, life, merged, printed, task_pieces,
    troubles, view_of, weight,
};
pub(super) use relations::{
    Ended, Line, Stretch, Tie, arms, flights, network, pulses, ties, timers,
};
pub(super) use resources::{Series, series};
pub(super) use thinned::{first_at, thinned};
pub(crate) use track::convert;
pub(super) use track::{
    Run, bounds, extent, next_slice, place_in_instant, playing_position, polled_at, previous_slice,
    snapped_step, subjects_of_last, time, time_text,
};
pub(super) use wakes::{waker_of, wakes, woken_by};
