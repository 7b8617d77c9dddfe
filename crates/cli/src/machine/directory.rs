//! A temporary directory for a run.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};

use tempfile::TempDir;
use tokio::runtime::Handle;
use wakeline::outside::Work;
use wakeline_demos::outside::{Directory, FileError, LocalBoxFuture};

/// A directory that is removed when this is dropped. Accesses are on other threads.
#[derive(Debug)]
struct Temporary {
    folder: TempDir,
    threads: Handle,
    work: Work,
}

/// Makes one.
pub(super) async fn create(threads: Handle) -> Result<Box<dyn Directory>, FileError> {
    let work = Work::begin("files");
    let make = || tempfile::Builder::new().prefix("wakeline-").tempdir();
    let folder = elsewhere(&work, &threads, make).await?;
    Ok(Box::new(Temporary {
        folder,
        threads,
        work,
    }))
}

/// Does on another thread what would hold this one.
async fn elsewhere<T: Send + 'static>(
    work: &Work,
    threads: &Handle,
    access: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, FileError> {
    match work.wait(threads.spawn_blocking(access)).await {
        Ok(result) => result.map_err(|error| classify(&error)),
        Err(error) => Err(FileError::Other(error.to_string())),
    }
}

impl Temporary {
    /// Where a file of this name is. A name is one component, so that nothing leaves the directory.
    fn path(&self, name: &str) -> Result<PathBuf, FileError> {
        let mut components = Path::new(name).components();
        match (components.next(), components.next()) {
            (Some(Component::Normal(only)), None) => Ok(self.folder.path().join(only)),
            _ => Err(FileError::Refused(format!("{name:?} is no name of a file"))),
        }
    }
}

impl Directory for Temporary {
    fn write<'a>(
        &'a self,
        name: &'a str,
        offset: usize,
        bytes: &'a [u8],
    ) -> LocalBoxFuture<'a, Result<(), FileError>> {
        Box::pin(async move {
            let (path, bytes) = (self.path(name)?, bytes.to_vec());
            let write = move || write(&path, offset, &bytes);
            elsewhere(&self.work, &self.threads, write).await
        })
    }

    fn read<'a>(
        &'a self,
        name: &'a str,
        offset: usize,
        most: usize,
    ) -> LocalBoxFuture<'a, Result<Vec<u8>, FileError>> {
        Box::pin(async move {
            let path = self.path(name)?;
            let read = move || read(&path, offset, most);
            elsewhere(&self.work, &self.threads, read).await
        })
    }

    fn remove(self: Box<Self>) -> LocalBoxFuture<'static, Result<(), FileError>> {
        Box::pin(async move {
            let Self {
                folder,
                threads,
                work,
            } = *self;
            elsewhere(&work, &threads, move || folder.close()).await
        })
    }
}

fn write(path: &Path, offset: usize, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    file.seek(SeekFrom::Start(offset as u64))?;
    file.write_all(bytes)
}

fn read(path: &Path, offset: usize, most: usize) -> io::Result<Vec<u8>> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset as u64))?;
    let mut bytes = Vec::new();
    file.take(most as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn classify(error: &io::Error) -> FileError {
    match error.kind() {
        ErrorKind::NotFound => FileError::Missing,
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            FileError::Denied(error.to_string())
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            FileError::Full
        }
        ErrorKind::InvalidFilename | ErrorKind::IsADirectory | ErrorKind::ResourceBusy => {
            FileError::Refused(error.to_string())
        }
        _ => FileError::Other(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run<T>(program: impl AsyncFnOnce(Box<dyn Directory>, PathBuf) -> T) -> T {
        let threads = tokio::runtime::Builder::new_multi_thread();
        let threads = { threads }.worker_threads(1).build().unwrap();
        let handle = threads.handle().clone();
        wakeline::Builder::new().build().block_on(async {
            let work = Work::begin("files");
            let folder = TempDir::new().unwrap();
            let path = folder.path().to_owned();
            let directory = Temporary {
                folder,
                threads: handle,
                work,
            };
            program(Box::new(directory), path).await
        })
    }

    #[test]
    fn what_was_written_is_read_and_gone_afterwards() {
        run(async |directory, path| {
            directory.write("a", 0, b"hello").await.unwrap();
            directory.write("a", 5, b", world").await.unwrap();
            directory.write("a", 0, b"J").await.unwrap();
            assert_eq!(directory.read("a", 0, 99).await.unwrap(), b"Jello, world");
            assert_eq!(directory.read("a", 7, 3).await.unwrap(), b"wor");
            assert!(directory.read("a", 12, 5).await.unwrap().is_empty());
            directory.write("b", 3, &[9]).await.unwrap();
            assert_eq!(directory.read("b", 0, 9).await.unwrap(), [0, 0, 0, 9]);
            assert!(path.join("a").is_file());
            directory.remove().await.unwrap();
            assert!(!path.exists());
        });
    }

    #[test]
    fn a_drop_removes_it_too() {
        run(async |directory, path| {
            directory.write("a", 0, &[1]).await.unwrap();
            drop(directory);
            assert!(!path.exists());
        });
    }

    #[test]
    fn errors_are_told_apart() {
        run(async |directory, _| {
            let read = directory.read("a", 0, 1).await;
            assert_eq!(read, Err(FileError::Missing));
            for name in ["../a", "/etc/passwd", "a/b", "", ".", ".."] {
                let written = directory.write(name, 0, &[1]).await;
                assert!(matches!(written, Err(FileError::Refused(_))), "{name}");
            }
        });
        let of = |kind: ErrorKind| classify(&io::Error::from(kind));
        assert_eq!(of(ErrorKind::StorageFull), FileError::Full);
        assert!(matches!(
            of(ErrorKind::PermissionDenied),
            FileError::Denied(_)
        ));
        assert!(matches!(of(ErrorKind::UnexpectedEof), FileError::Other(_)));
    }
}
