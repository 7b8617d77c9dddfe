//! What is the same in a page and in a worker.

mod browser;
mod fetch;
mod files;
mod pump;
mod pump_and_browser;
mod socket;
mod work;
