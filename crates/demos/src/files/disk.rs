//! Files that are none.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use wakeline::time::sleep;

use crate::outside::{Directory, FileError, LocalBoxFuture};

/// A disk in memory, as slow as it is told to be.
#[derive(Debug)]
pub(super) struct Simulated {
    access: Duration,
    /// Bytes in a second.
    bandwidth: u64,
    files: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl Simulated {
    pub(super) fn new(access: Duration, bandwidth: u64) -> Self {
        Self {
            access,
            bandwidth,
            files: RefCell::default(),
        }
    }

    /// How long an access with so many bytes takes.
    fn time_for(&self, bytes: usize) -> Duration {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let nanos = bytes.saturating_mul(1_000_000_000) / self.bandwidth;
        self.access + Duration::from_nanos(nanos)
    }
}

impl Directory for Simulated {
    fn write<'a>(
        &'a self,
        name: &'a str,
        offset: usize,
        bytes: &'a [u8],
    ) -> LocalBoxFuture<'a, Result<(), FileError>> {
        Box::pin(async move {
            sleep(self.time_for(bytes.len())).await;
            let mut files = self.files.borrow_mut();
            let file = files.entry(name.to_owned()).or_default();
            let end = offset + bytes.len();
            file.resize(file.len().max(end), 0);
            file[offset..end].copy_from_slice(bytes);
            Ok(())
        })
    }

    fn read<'a>(
        &'a self,
        name: &'a str,
        offset: usize,
        most: usize,
    ) -> LocalBoxFuture<'a, Result<Vec<u8>, FileError>> {
        Box::pin(async move {
            let piece = {
                let files = self.files.borrow();
                let file = files.get(name).ok_or(FileError::Missing)?;
                let rest = file.get(offset..).unwrap_or_default();
                rest[..most.min(rest.len())].to_vec()
            };
            sleep(self.time_for(piece.len())).await;
            Ok(piece)
        })
    }

    fn remove(self: Box<Self>) -> LocalBoxFuture<'static, Result<(), FileError>> {
        Box::pin(async { Ok(()) })
    }
}
