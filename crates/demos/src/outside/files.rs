//! Files.

use std::fmt;

use super::LocalBoxFuture;

/// A directory of its own, which is gone with everything in it when it is dropped: a temporary one
/// on the command line, one in the Origin Private File System in a browser.
///
/// An implementation records it as `wakeline::outside::Work`, for which a task waits during each
/// access.
pub trait Directory: fmt::Debug {
    /// Writes bytes at a place; the file is made if there is none, and filled up with zeros if it
    /// is shorter.
    ///
    /// # Errors
    /// See [`FileError`].
    ///
    /// # Cancel safety
    /// Whether a write that was begun takes place is unknown after a drop.
    fn write<'a>(
        &'a self,
        name: &'a str,
        offset: usize,
        bytes: &'a [u8],
    ) -> LocalBoxFuture<'a, Result<(), FileError>>;

    /// Reads at most so many bytes from a place; none at the end.
    ///
    /// # Errors
    /// [`FileError::Missing`] and others.
    ///
    /// # Cancel safety
    /// Safe: reading changes nothing.
    fn read<'a>(
        &'a self,
        name: &'a str,
        offset: usize,
        most: usize,
    ) -> LocalBoxFuture<'a, Result<Vec<u8>, FileError>>;

    /// Removes the directory, and waits until it is gone. A drop only asks for that.
    ///
    /// # Errors
    /// See [`FileError`].
    fn remove(self: Box<Self>) -> LocalBoxFuture<'static, Result<(), FileError>>;
}

/// Why an access came to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileError {
    /// There is no file system here, or none for a page that was loaded like this one.
    NotSupported,
    /// The platform has one and does not allow its use. With what it says.
    Denied(String),
    /// There is no such file.
    Missing,
    /// There is no room left.
    Full,
    /// The name cannot be that of a file, or somebody has locked it. With what the platform says.
    Refused(String),
    /// Anything else. With what the platform says.
    Other(String),
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, detail) = match self {
            Self::NotSupported => return f.write_str("there is no file system here"),
            Self::Missing => return f.write_str("there is no such file"),
            Self::Full => return f.write_str("there is no room left"),
            Self::Denied(detail) => ("the file system may not be used", detail),
            Self::Refused(detail) => ("the file was refused", detail),
            Self::Other(detail) => ("the access failed", detail),
        };
        write!(f, "{what}: {detail}")
    }
}

impl std::error::Error for FileError {}

/// As the reason why a run failed.
impl From<FileError> for String {
    fn from(error: FileError) -> Self {
        error.to_string()
    }
}
