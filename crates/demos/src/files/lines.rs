//! A text, line by line, whatever the pieces it comes in.

use crate::outside::Directory;

/// Reads a file piece by piece, and gives its lines.
pub(super) struct Lines<'a> {
    files: &'a dyn Directory,
    name: &'a str,
    /// How much is read at once.
    most: usize,
    offset: usize,
    pieces: u32,
    /// What was read and not yet given. The last line in it may go on in the next piece.
    pending: Vec<u8>,
    is_at_end: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn of(files: &'a dyn Directory, name: &'a str, most: usize) -> Self {
        Self {
            files,
            name,
            most,
            offset: 0,
            pieces: 0,
            pending: Vec::new(),
            is_at_end: false,
        }
    }

    /// The next line without its end, or none when there are no more.
    pub(super) async fn next(&mut self) -> Result<Option<String>, String> {
        loop {
            if let Some(end) = self.pending.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.pending.drain(..=end).collect();
                return text(line[..end].to_vec()).map(Some);
            }
            if self.is_at_end {
                let rest = std::mem::take(&mut self.pending);
                return match rest.is_empty() {
                    true => Ok(None),
                    false => text(rest).map(Some),
                };
            }
            let piece = self.files.read(self.name, self.offset, self.most).await?;
            self.is_at_end = piece.is_empty();
            self.offset += piece.len();
            self.pieces += u32::from(!piece.is_empty());
            self.pending.extend(piece);
        }
    }

    /// How many pieces were read.
    pub(super) fn pieces(&self) -> u32 {
        self.pieces
    }
}

/// A whole line is text, though a piece that ends within a character is not.
fn text(line: Vec<u8>) -> Result<String, String> {
    String::from_utf8(line).map_err(|_| "the file is not text".to_owned())
}
