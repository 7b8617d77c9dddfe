//! The log of a run as a file: whole, or not there at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use wakeline::log::{Log, encode, to_json_lines};

/// A place for a log. Nothing is at the path before [`keep`](Self::keep); what was there before
/// stays until then.
#[derive(Debug)]
pub(super) struct LogFile {
    form: Form,
    place: Place,
}

#[derive(Debug)]
enum Form {
    Binary,
    JsonLines,
}

/// A place for a file. Nothing is there before it is whole.
#[derive(Debug)]
pub(crate) enum Place {
    /// A file that takes its name when it is whole.
    Beside { file: NamedTempFile, path: PathBuf },
    /// A pipe or a device, which cannot be replaced.
    Special(File),
}

impl LogFile {
    /// Makes a place. The name's ending decides about the form: `.json` and `.jsonl` are JSON
    /// lines, everything else is binary.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let form = match path.extension().and_then(|extension| extension.to_str()) {
            Some("json" | "jsonl") => Form::JsonLines,
            _ => Form::Binary,
        };
        let place = Place::create(path)?;
        Ok(Self { form, place })
    }

    /// Writes the log and puts the file in its place.
    ///
    /// # Errors
    /// If it cannot be written; then nothing has changed.
    pub(super) fn keep(self, log: &Log) -> io::Result<()> {
        let bytes = match self.form {
            Form::Binary => encode(log),
            Form::JsonLines => to_json_lines(log).into_bytes(),
        };
        self.place.keep(&bytes)
    }
}

impl Place {
    /// Makes a place.
    ///
    /// # Errors
    /// If nothing can be written there.
    pub(crate) fn create(path: &Path) -> io::Result<Self> {
        match fs::metadata(path) {
            Ok(there) if there.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(there) if !there.is_file() => {
                let file = OpenOptions::new().write(true).open(path)?;
                Ok(Self::Special(file))
            }
            // Through a link, so that it still is one afterwards.
            Ok(_) => beside(&fs::canonicalize(path)?),
            Err(_) => beside(path),
        }
    }

    /// Writes the bytes and puts the file in its place.
    ///
    /// # Errors
    /// If it cannot be written; then nothing has changed.
    pub(crate) fn keep(self, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Beside { mut file, path } => {
                file.write_all(bytes)?;
                file.persist(path)?;
                Ok(())
            }
            Self::Special(mut file) => file.write_all(bytes),
        }
    }
}

fn beside(path: &Path) -> io::Result<Place> {
    let directory = match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".wakeline-");
    // As any new file: what the reader's umask leaves of it.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    Ok(Place::Beside {
        file: builder.tempfile_in(directory)?,
        path: path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_there_when_it_is_whole_and_nothing_is_left_beside_it() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("run.log");
        fs::write(&path, "before").unwrap();
        let file = LogFile::create(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before");
        file.keep(&Log::new()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), encode(&Log::new()));
        drop(LogFile::create(&path).unwrap());
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_ending_decides_about_the_form() {
        let directory = tempfile::tempdir().unwrap();
        for name in ["run.json", "run.jsonl"] {
            let path = directory.path().join(name);
            LogFile::create(&path).unwrap().keep(&Log::new()).unwrap();
            let written = fs::read_to_string(&path).unwrap();
            assert_eq!(written, "{\"wakeline\":1}\n");
        }
    }

    #[test]
    fn a_place_that_is_none_is_refused_beforehand() {
        let directory = tempfile::tempdir().unwrap();
        let missing = directory.path().join("no/such/run.log");
        assert_eq!(
            LogFile::create(&missing).unwrap_err().kind(),
            io::ErrorKind::NotFound
        );
        assert_eq!(
            LogFile::create(directory.path()).unwrap_err().kind(),
            io::ErrorKind::IsADirectory
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_and_a_device_stay_what_they_are() {
        let directory = tempfile::tempdir().unwrap();
        let (target, link) = (directory.path().join("a"), directory.path().join("b"));
        fs::write(&target, "").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        LogFile::create(&link).unwrap().keep(&Log::new()).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&target).unwrap(), encode(&Log::new()));
        let null = LogFile::create(Path::new("/dev/null")).unwrap();
        null.keep(&Log::new()).unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }
}
