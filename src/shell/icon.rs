//! The small signs of the shell, drawn as strokes on a grid of 16 by 16, in the colour of the
//! text around them. Each stands beside a text or in a control that has one.

use yew::prelude::*;

use crate::element::element;

macro_rules! icons {
    ($($name:ident = $path:literal;)+) => {
        /// A sign.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Icon { $(#[doc = stringify!($name)] $name,)+ }

        impl Icon {
            fn path(self) -> &'static str {
                match self { $(Self::$name => $path,)+ }
            }
        }
    };
}

icons! {
    Run = "M4.5 3 12.5 8l-8 5z";
    Stop = "M4 4h8v8H4z";
    Dice = "M3 3h10v10H3zM6 6h.01M10 10h.01M10 6h.01M6 10h.01";
    Copy = "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z";
    Done = "M3 8.5l3.3 3.3L13 4.5";
    Search = "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 1 1 0-9zM10.4 10.4l3.4 3.4";
    Close = "M4 4l8 8M12 4l-8 8";
    Reset = "M3.2 6.2A5.3 5.3 0 1 1 2.8 9.5M3 2.8v3.6h3.6";
    Sliders = "M2 4.5h6M11 4.5h3M9.5 3v3M2 11.5h3M8 11.5h6M6.5 10v3";
    List = "M2.5 4h.01M2.5 8h.01M2.5 12h.01M5.5 4h8M5.5 8h8M5.5 12h8";
    Warning = "M8 2.2 14.5 13.5H1.5zM8 6.5v3.3M8 11.6h.01";
    Info = "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 1 1 8 2.2zM8 7.4v3.4M8 5.2h.01";
    Light = "M8 5a3 3 0 1 1 0 6 3 3 0 1 1 0-6zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M12.6 3.4l-.7.7M4.1 11.9l-.7.7";
    Dark = "M13 9.6A5.4 5.4 0 1 1 6.4 3a4.3 4.3 0 0 0 6.6 6.6z";
    System = "M2 3h12v8H2zM6 14h4M8 11v3";
    Help = "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 1 1 8 2.2zM6.4 6.3a1.7 1.7 0 1 1 2.5 1.5c-.6.3-.9.7-.9 1.2M8 11.1h.01";
    Eye = "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 6.2a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 1 1 0-3.6z";
    Overview = "M2.5 2.5h4.5v4.5h-4.5zM9 2.5h4.5v4.5h-4.5zM2.5 9h4.5v4.5h-4.5zM9 9h4.5v4.5h-4.5z";
    Before = "M10 3 5 8l5 5";
    After = "M6 3l5 5-5 5";
    Open = "M2 12.5v-9h4l1.5 2H13v2M2 12.5l2-5h11l-2 5z";
    Save = "M8 2v8M4.8 7 8 10.2 11.2 7M2.5 10.5v3h11v-3";
    Network = "M8 2.2a5.8 5.8 0 1 1 0 11.6A5.8 5.8 0 1 1 8 2.2zM2.2 8h11.6M8 2.2c3 3.5 3 8 0 11.6M8 2.2c-3 3.5-3 8 0 11.6";
    Minus = "M4 8h8";
    Plus = "M4 8h8M8 4v8";
}

/// The sign as an element. Screen readers pass over it.
pub fn icon(icon: Icon) -> Html {
    element("svg")
        .class("icon")
        .attr("viewBox", "0 0 16 16")
        .attr("aria-hidden", "true")
        .attr("focusable", "false")
        .child(element("path").attr("d", icon.path()))
        .html()
}
