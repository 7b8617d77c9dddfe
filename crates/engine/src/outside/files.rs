//! Files in the Origin Private File System.

use wakeline_demos::outside::{Directory, FileError, LocalBoxFuture};
use wakeline_web::files;

/// A directory of its own.
#[derive(Debug)]
struct Private(files::Directory);

pub(super) async fn create() -> Result<Box<dyn Directory>, FileError> {
    let directory = files::Directory::temporary().await.map_err(file_error)?;
    Ok(Box::new(Private(directory)))
}

impl Directory for Private {
    fn write<'a>(
        &'a self,
        name: &'a str,
        offset: usize,
        bytes: &'a [u8],
    ) -> LocalBoxFuture<'a, Result<(), FileError>> {
        Box::pin(async move { self.0.write(name, offset, bytes).await.map_err(file_error) })
    }

    fn read<'a>(
        &'a self,
        name: &'a str,
        offset: usize,
        most: usize,
    ) -> LocalBoxFuture<'a, Result<Vec<u8>, FileError>> {
        Box::pin(async move { self.0.read(name, offset, most).await.map_err(file_error) })
    }

    fn remove(self: Box<Self>) -> LocalBoxFuture<'static, Result<(), FileError>> {
        Box::pin(async move { self.0.remove().await.map_err(file_error) })
    }
}

fn file_error(error: files::FileError) -> FileError {
    use files::FileError as Browsers;
    match error {
        Browsers::NotSupported => FileError::NotSupported,
        Browsers::Denied(detail) => FileError::Denied(detail),
        Browsers::Missing => FileError::Missing,
        Browsers::Full => FileError::Full,
        Browsers::Refused(detail) => FileError::Refused(detail),
        Browsers::Other(detail) => FileError::Other(detail),
        _ => FileError::Other(String::new()),
    }
}
