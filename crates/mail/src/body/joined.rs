//! Two texts in one frame of zstd, cut where the first one ends: the second refers back to the first, and the first is
//! read without it. A cut is the end of a block (RFC 8878, 3.1.1.2), so what is before it says all of the first.

use std::io::{self, Write};
use zstd::{
    dict::{DecoderDictionary, EncoderDictionary},
    stream::write::{Decoder, Encoder},
};

use super::algorithm::LARGE;

/// The most that a frame may ask its reader to keep of what it read, as a power of two: nothing that is joined is larger.
const WINDOW: u32 = LARGE.ilog2();

/// One of two pieces, as it is kept.
#[derive(Clone, Copy)]
pub(super) struct Piece<'b> {
    /// The first one, if this is the second.
    pub(super) before: Option<&'b [u8]>,
    pub(super) bytes: &'b [u8],
}

/// The pieces of those that are there; one alone is the whole frame.
pub(super) fn write(
    texts: [Option<&str>; 2],
    dictionary: &EncoderDictionary<'_>,
) -> io::Result<[Option<Vec<u8>>; 2]> {
    let size: usize = texts.iter().flatten().map(|text| text.len()).sum();
    let mut encoder = Encoder::with_prepared_dictionary(Vec::new(), dictionary)?;
    encoder.include_dictid(false)?; // the row says which it was
    encoder.set_pledged_src_size(Some(size as u64))?;
    let [first, second] = texts;
    encoder.write_all(first.unwrap_or_default().as_bytes())?;
    if first.is_some() && second.is_some() {
        encoder.flush()?;
    }
    let cut = encoder.get_ref().len();
    encoder.write_all(second.unwrap_or_default().as_bytes())?;
    let mut frame = encoder.finish()?;
    Ok(match (first, second) {
        (Some(_), Some(_)) => {
            let rest = frame.split_off(cut);
            [Some(frame), Some(rest)]
        }
        (Some(_), None) => [Some(frame), None],
        (None, Some(_)) => [None, Some(frame)],
        (None, None) => [None, None],
    })
}

/// The text of a piece. Both have at most `most` bytes together.
pub(super) fn read(
    piece: Piece<'_>,
    most: usize,
    dictionary: &DecoderDictionary<'_>,
) -> io::Result<Vec<u8>> {
    let texts = Bounded {
        bytes: Vec::new(),
        most,
    };
    let mut decoder = Decoder::with_prepared_dictionary(texts, dictionary)?;
    decoder.window_log_max(WINDOW)?;
    let Some(before) = piece.before else {
        decoder.write_all(piece.bytes)?;
        decoder.flush()?;
        return Ok(std::mem::take(&mut decoder.get_mut().bytes));
    };
    decoder.write_all(before)?;
    decoder.flush()?;
    let cut = decoder.get_ref().bytes.len();
    decoder.write_all(piece.bytes)?;
    Ok(decoder.finish()?.bytes.split_off(cut))
}

/// What takes no more bytes than it may.
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.most {
            return Err(io::ErrorKind::InvalidData.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
