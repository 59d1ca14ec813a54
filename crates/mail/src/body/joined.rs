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

/// Both pieces.
pub(super) fn write(
    text: &str,
    html: &str,
    dictionary: &EncoderDictionary<'_>,
) -> io::Result<[Vec<u8>; 2]> {
    let mut encoder = Encoder::with_prepared_dictionary(Vec::new(), dictionary)?;
    encoder.include_dictid(false)?; // the row says which it was
    encoder.set_pledged_src_size(Some((text.len() + html.len()) as u64))?;
    encoder.write_all(text.as_bytes())?;
    encoder.flush()?;
    let cut = encoder.get_ref().len();
    encoder.write_all(html.as_bytes())?;
    let mut text = encoder.finish()?;
    let html = text.split_off(cut);
    Ok([text, html])
}

/// The text of a piece, given the one before it, if it is the second. Both have at most `most` bytes together.
pub(super) fn read(
    before: Option<&[u8]>,
    bytes: &[u8],
    most: usize,
    dictionary: &DecoderDictionary<'_>,
) -> io::Result<Vec<u8>> {
    let texts = Bounded {
        bytes: Vec::new(),
        most,
    };
    let mut decoder = Decoder::with_prepared_dictionary(texts, dictionary)?;
    decoder.window_log_max(WINDOW)?;
    let Some(before) = before else {
        decoder.write_all(bytes)?;
        decoder.flush()?;
        return Ok(std::mem::take(&mut decoder.get_mut().bytes));
    };
    decoder.write_all(before)?;
    decoder.flush()?;
    let cut = decoder.get_ref().bytes.len();
    decoder.write_all(bytes)?;
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
