//! What a person does with the playground, and sees.
//!
//! One program, so that everything is linked once; one module for each kind of story.

mod contents;
mod devices;
mod drawing;
mod encodings;
mod files;
mod following;
mod form;
mod hosts;
mod lanes;
mod lesson;
mod links;
mod loading;
mod moving;
mod network;
mod newest;
mod overview;
mod playhead;
mod preferences;
mod real_parts;
mod relations;
mod same_run;
mod saving;
mod source;
mod stopping;
mod study;
