//! The frame of the page: what stands around the timeline and its panels.

pub mod about;
pub mod companion;
pub mod context;
pub mod demo_list;
pub mod effects;
pub mod element;
pub mod field;
pub mod files;
pub mod form;
pub mod header;
pub mod help;
pub mod icon;
pub mod notices;
pub mod outcome;
pub mod overview;
pub mod page;
pub mod picture;
pub mod quick_open;
pub mod run_bar;
pub mod settings;
pub mod sheet;
pub mod slider;
pub mod splitter;
