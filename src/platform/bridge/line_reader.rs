//! [`LineReader`]: reads lines with a limit of their length, which a line may exceed without an end of the
//! connection.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// Longest line that is read, in bytes, with its line feed.
pub(super) const MAX_LINE_BYTES: usize = 256 * 1024;

/// Reads the lines of a client.
pub(super) struct LineReader<R> {
    reader: R,
    line: Vec<u8>,
}

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A line with its line feed.
    Complete(&'a [u8]),
    /// A line longer than [`MAX_LINE_BYTES`], which was skipped.
    TooLong,
    /// The client has disconnected.
    End,
}

impl<R: AsyncBufRead + Unpin> LineReader<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: Vec::new() }
    }

    /// Reads the next line.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`] if the connection ends within a line, or that of the connection.
    pub(super) async fn read(&mut self) -> io::Result<Line<'_>> {
        self.line.clear();
        let limit = u64::try_from(MAX_LINE_BYTES).unwrap_or(u64::MAX);
        (&mut self.reader).take(limit).read_until(b'\n', &mut self.line).await?;
        if self.line.last() == Some(&b'\n') {
            return Ok(Line::Complete(&self.line));
        }
        match self.line.len() {
            0 => Ok(Line::End),
            MAX_LINE_BYTES => self.skip_line().await.map(|()| Line::TooLong),
            _ => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Reads to the end of the line and keeps none of it.
    async fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let bytes = self.reader.fill_buf().await?;
            if bytes.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let n_read = end.map_or(bytes.len(), |at| at + 1);
            self.reader.consume(n_read);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_of_every_length_are_told_apart() {
        let line = |n_bytes: usize| [vec![b'x'; n_bytes - 1], b"\n".to_vec()].concat();
        let longest = line(MAX_LINE_BYTES);
        let bytes =
            [line(1), longest.clone(), line(MAX_LINE_BYTES + 1), line(3_000_000), line(2)].concat();
        let mut reader = LineReader::new(bytes.as_slice());
        for want in [
            Line::Complete(b"\n"),
            Line::Complete(&longest),
            Line::TooLong,
            Line::TooLong,
            Line::Complete(b"x\n"),
            Line::End,
        ] {
            assert!(reader.read().await.unwrap() == want);
        }
        for cut in [
            &b"x"[..],
            &longest[..MAX_LINE_BYTES - 1],
            &line(MAX_LINE_BYTES + 9)[..MAX_LINE_BYTES + 5],
        ] {
            let error = LineReader::new(cut).read().await.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof, "{} bytes", cut.len());
        }
    }
}
