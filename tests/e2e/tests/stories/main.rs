//! What a person does with the playground, and sees.
//!
//! One program, so that everything is linked once; one module for each kind of story.

mod devices;
mod drawing;
mod files;
mod form;
mod hosts;
mod lanes;
mod lesson;
mod links;
mod loading;
mod network;
mod overview;
mod playhead;
mod real_parts;
mod same_run;
mod stopping;
mod study;
