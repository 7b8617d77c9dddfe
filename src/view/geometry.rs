//! The measures of the picture, in CSS pixels.

use wakeline_timeline::log::ResourceKind;

/// The ruler, at the top of the canvas.
pub(crate) const RULER: f64 = 26.0;

/// The lane of the executor, below the ruler. Both stay when the lanes scroll.
pub(crate) const EXECUTOR: f64 = 30.0;

/// Where the lanes that scroll begin.
pub(crate) const HEAD: f64 = RULER + EXECUTOR;

/// A task's lane.
pub(crate) const TASK: f64 = 32.0;

/// The head of a group of tasks that is not folded.
pub(crate) const GROUP: f64 = 22.0;

/// What polls cover of a task's lane, from its top.
pub(crate) const POLL_TOP: f64 = 5.0;
pub(crate) const POLL_BOTTOM: f64 = 27.0;

/// What waits cover of a task's lane, from its top; the text stands above.
pub(crate) const BAND_TOP: f64 = 21.0;

/// The line of a task's life, from the top of its lane.
pub(crate) const LIFE_TOP: f64 = 25.0;

/// The middle of the texts in a task's lane, from its top.
pub(crate) const TEXT_MIDDLE: f64 = 12.5;

/// The least width of something that takes no time, so that it can be seen.
pub(crate) const LEAST_SLICE: f64 = 2.0;

/// The height of a resource's lane.
pub(crate) fn resource_height(kind: ResourceKind) -> f64 {
    match kind {
        ResourceKind::Channel
        | ResourceKind::Queue
        | ResourceKind::Broadcast
        | ResourceKind::Pipe
        | ResourceKind::Rendezvous => 62.0,
        ResourceKind::Semaphore | ResourceKind::RwLock => 50.0,
        ResourceKind::Mutex => 36.0,
        _ => TASK,
    }
}

/// The width of the column of labels, for a timeline of this width.
pub(crate) fn labels_width(width: f64) -> f64 {
    match width {
        w if w >= 900.0 => 196.0,
        w if w >= 560.0 => 150.0,
        _ => 112.0,
    }
}

/// The least distance between two labels of the ruler.
pub(crate) const TICK_SPACING: f64 = 92.0;

/// How near to the playhead a pointer takes hold of it.
pub(crate) const GRIP: f64 = 7.0;

/// From this width on, a ready slice is hatched rather than solid.
pub(crate) const HATCHED: f64 = 4.0;

/// From this width on, a slice may have a sign or words.
pub(crate) const WORDS: f64 = 17.0;

/// From this number of slices on, a pixel is crowded. One poll that takes no time comes with the
/// wait before it, its readiness and the wait after it.
pub(crate) const CROWD: u32 = 8;

/// The number, or the end of the range that is nearer to it. Unlike the standard library's, which
/// panics with both numbers in its message, this has nothing to write; what is no number becomes
/// `low`.
pub(crate) fn within(number: f64, low: f64, high: f64) -> f64 {
    number.max(low).min(high)
}
