//! Drawing. Everything here takes what it draws and a pen; nothing keeps anything.

pub(super) mod arrow;
pub(super) mod overlay;
pub(super) mod overview;
pub(super) mod path;
pub(super) mod picture;
pub(super) mod relations;
pub(super) mod resource;
pub(super) mod ruler;
pub(super) mod scene;
pub(super) mod sheet;
pub(super) mod strip;
pub(super) mod task;
