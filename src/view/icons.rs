//! The small signs of the timeline, drawn as strokes on a grid of 16 by 16.
//!
//! The same paths serve the page (as SVG) and the canvas, so the sign in the legend is the sign in
//! the picture. Each stands beside a colour: nothing is told by colour alone.

use yew::prelude::*;

use crate::element::element;

macro_rules! icons {
    ($($(#[$doc:meta])* $name:ident = $path:literal;)+) => {
        /// A sign.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Icon { $($(#[$doc])* $name,)+ }

        impl Icon {
            /// Every sign.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// Its strokes, in the language of SVG paths.
            pub(crate) fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)+ }
            }
        }
    };
}

icons! {
    // Transport.
    ToStart = "M4 3.5v9M12.5 3.5 6 8l6.5 4.5z";
    StepBack = "M10.5 3.5 4.5 8l6 4.5z";
    Play = "M4.5 3 12.5 8l-8 5z";
    Pause = "M5.5 3.5v9M10.5 3.5v9";
    StepForward = "M5.5 3.5 11.5 8l-6 4.5z";
    ToEnd = "M12 3.5v9M3.5 3.5 10 8l-6.5 4.5z";
    Minus = "M3.5 8h9";
    Plus = "M3.5 8h9M8 3.5v9";
    Fit = "M2.5 3.5v9M13.5 3.5v9M5 8h6M6.5 6 4.5 8l2 2M9.5 6l2 2-2 2";
    Keyboard = "M2 4.5h12v7.5H2zM4.5 7h.01M7 7h.01M9.5 7h.01M11.7 7h.01M5 9.7h6";
    Close = "M4 4l8 8M12 4l-8 8";
    Find = "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 1 1 0-9zM10.3 10.3 13.8 13.8";
    Up = "M4 10 8 6l4 4";
    Down = "M4 6l4 4 4-4";
    Right = "M6 4l4 4-4 4";
    Pin = "M5.5 2.5h5M6.5 2.5v4L4.5 9h7l-2-2.5v-4M8 9v5";
    Hide = "M2 8c3-5 9-5 12 0-3 5-9 5-12 0zM2.5 13.5l11-11";
    Show = "M2 8c3-5 9-5 12 0-3 5-9 5-12 0zM8 6.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 1 1 0-3z";
    Bookmark = "M4.5 2.5h7v11L8 10.5l-3.5 3z";
    Fold = "M4 3l4 3.5L12 3M4 13l4-3.5L12 13";
    // What a lane is.
    Executor = "M5 5h6v6H5zM6.5 2v3M9.5 2v3M6.5 11v3M9.5 11v3M2 6.5h3M2 9.5h3M11 6.5h3M11 9.5h3";
    Task = "M3 3.5h10v9H3zM5.8 6 8 8l-2.2 2M9 10h1.5";
    Channel = "M2 4.5h12M2 11.5h12M4.5 8h5.5M8 6l2.2 2L8 10";
    Queue = "M3 4h10M3 8h10M3 12h6";
    Oneshot = "M2.5 8h7M7 5.5 9.5 8 7 10.5M13 4v8";
    Mutex = "M4 7.5h8V13H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2";
    Semaphore = "M5 2h6v12H5zM8 4.8h.01M8 8h.01M8 11.2h.01";
    Notify = "M3.5 11.5h9L11.5 10V7.2a3.5 3.5 0 0 0-7 0V10zM7 13.8h2";
    RwLock = "M2.5 7.5h8V13h-8zM4 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2M13.5 5v8";
    Broadcast = "M2.5 8h3.5M6 8l6.5-4.5M6 8h7M6 8l6.5 4.5";
    Flag = "M4 14V2.5M4 3h8.5l-2 3 2 3H4";
    Barrier = "M8 2v12M2 5h3.5M2 8h3.5M2 11h3.5M10.5 8H14";
    Lost = "M3.5 11.5h9L11.5 10V7.2a3.5 3.5 0 0 0-7 0V10zM2.5 2.5l11 11";
    Connection = "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 1 1 8 2.2zM2.2 8h11.6M8 2.2c3 3.5 3 8 0 11.6M8 2.2c-3 3.5-3 8 0 11.6";
    Ready = "M4 2.5h8M4 13.5h8M5 2.5c0 3.5 6 7.5 6 11M11 2.5c0 3.5-6 7.5-6 11";
    // What a task waits for.
    Sleep = "M13 9.6A5.4 5.4 0 1 1 6.4 3a4.3 4.3 0 0 0 6.6 6.6z";
    Timer = "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 1 1 0-11zM8 5v3l2.2 1.6";
    Send = "M1.8 8h7.4M6.6 5.2 9.4 8l-2.8 2.8M13 3.5v9";
    Receive = "M3 3.5v9M5.8 8h8M11 5.2 13.8 8 11 10.8";
    Join = "M2 4h2.5C8 4 7.5 8 10.5 8H14M2 12h2.5C8 12 7.5 8 10.5 8M12 6l2 2-2 2";
    Outside = "M6 3H3v10h3M6.5 8h7.3M11 5.2 13.8 8 11 10.8";
    Other = "M3.5 8h.01M8 8h.01M12.5 8h.01";
    Stuck = "M8 2.2 14.5 13.5H1.5zM8 6.5v3.3M8 11.6h.01";
    // How a task ended.
    Returned = "M3 8.5l3.3 3.3L13 4.5";
    Failed = "M4 4l8 8M12 4l-8 8";
    Cancelled = "M8 2.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 1 1 0-11zM4.2 11.8l7.6-7.6";
    Alive = "M2.5 8h10M9.5 5l3 3-3 3";
    // Events.
    Wake = "M9 1.8 4 9h4l-1 5.2L12 7H8z";
    Closed = "M4 3v10M12 3v10M6 6l4 4M10 6l-4 4";
    Line = "M3 4.5l3 3-3 3M8 11h5";
}

/// The sign as an element of the page, in the colour of the text around it. Screen readers pass
/// over it: a text always accompanies it.
pub(crate) fn icon(icon: Icon) -> Html {
    element("svg")
        .class("timeline-icon")
        .attr("viewBox", "0 0 16 16")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .child(element("path").attr("d", icon.path()))
        .html()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_begins_with_a_move_and_stays_on_its_grid() {
        for icon in Icon::ALL {
            let path = icon.path();
            assert!(path.starts_with('M'), "{icon:?}");
            let numbers = path
                .split(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
                .filter_map(|text| text.parse::<f64>().ok());
            for number in numbers {
                assert!((-16.0..=16.0).contains(&number), "{icon:?}: {number}");
            }
        }
    }
}
