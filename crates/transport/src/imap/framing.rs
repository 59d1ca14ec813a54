//! Where the server's answers end, and how large they are, before the library that parses them makes room.
//!
//! The library makes room for a literal (RFC 3501, section 4.3) as soon as it is announced, for up to 512 MiB. So what it
//! would take for a literal has to be taken for one here, and nothing else: a server could hide an announcement in what only
//! one of the two skips. Answers about one message, the only ones in which a literal is asked for, are therefore taken in
//! the form that is asked for alone, and a literal in any other answer is refused.

use std::io;

/// The most bytes of an answer outside its literals.
const LONGEST_TEXT: usize = 64 * 1024;

/// An answer, as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Framing {
    place: Place,
    announcement: Announcement,
    /// The byte that it begins with.
    first: u8,
    /// The byte before, in the same piece of text.
    last: u8,
    /// Bytes outside of literals.
    text: usize,
    /// Bytes in literals, with those that are announced.
    literals: usize,
    /// Bytes of a literal that are still to come.
    left: usize,
}

/// What the next byte is part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// An answer that is one line.
    #[default]
    Line,
    /// An answer with the number of a message, before its list: `* 1 FETCH (`.
    Number,
    /// The list of what is known of the message.
    List,
    /// A list in the list, as of flags.
    Group,
    /// A quoted string in the list.
    Quoted,
    /// Behind the list.
    End,
}

/// `{`, a number of bytes, `}` and the end of the line.
#[derive(Clone, Copy, Debug, Default)]
enum Announcement {
    #[default]
    None,
    Digits(u64),
    Closed(u64),
    Return(u64),
}

impl Framing {
    /// Follows the server's bytes; `most` bytes of an answer may be in literals.
    ///
    /// # Errors
    /// If more are announced, or an answer is not of a form that is followed. Nothing is to be read then any more.
    pub(super) fn follow(&mut self, mut bytes: &[u8], most: usize) -> io::Result<()> {
        while let Some((first, others)) = bytes.split_first() {
            if self.left > 0 {
                let skipped = self.left.min(bytes.len());
                self.left -= skipped;
                bytes = &bytes[skipped..];
                continue;
            }
            self.text += 1;
            if self.text > LONGEST_TEXT {
                let text = format!("an answer of the server has no end after {LONGEST_TEXT} bytes");
                return Err(io::Error::other(text));
            }
            if *first == b'\n' {
                self.end_line(most)?;
            } else {
                self.step(*first)?;
            }
            bytes = others;
        }
        Ok(())
    }

    /// One byte within a line.
    fn step(&mut self, byte: u8) -> io::Result<()> {
        let is_value = self.last == b' ';
        if self.text == 1 {
            self.first = byte;
        }
        let is_number = self.text == 3 && self.first == b'*' && is_value && byte.is_ascii_digit();
        self.place = match (self.place, byte) {
            (Place::Line, _) if is_number => Place::Number,
            (Place::Number, b'(') => Place::List,
            (Place::List, b'(') if is_value => Place::Group,
            (Place::List, b'"') if is_value => Place::Quoted,
            (Place::List, b')') => Place::End,
            (Place::Group, b')') | (Place::Quoted, b'"') => Place::List,
            // Nothing that is asked for has these, and what they mean to a parser depends on what is around them.
            (Place::List | Place::Group, b'(' | b'"') | (Place::Quoted, b'\\' | ..b' ') => {
                return Err(unasked());
            }
            (place, _) => place,
        };
        self.announcement = match (self.announcement, byte) {
            // Elsewhere in a list it is part of a word.
            (_, b'{') if is_value || self.place == Place::Line => Announcement::Digits(0),
            (Announcement::Digits(bytes), b'0'..=b'9') => {
                let digit = u64::from(byte - b'0');
                Announcement::Digits(bytes.saturating_mul(10).saturating_add(digit))
            }
            (Announcement::Digits(bytes), b'}') => Announcement::Closed(bytes),
            (Announcement::Closed(bytes), b'\r') => Announcement::Return(bytes),
            _ => Announcement::None,
        };
        self.last = byte;
        Ok(())
    }

    fn end_line(&mut self, most: usize) -> io::Result<()> {
        match (self.place, self.announcement) {
            (Place::List, Announcement::Return(bytes)) => self.announce(bytes, most),
            (_, Announcement::Return(bytes)) => Err(too_large(bytes, 0)),
            (Place::Line | Place::Number | Place::End, _) => {
                *self = Self::default();
                Ok(())
            }
            (Place::List | Place::Group | Place::Quoted, _) => Err(unasked()),
        }
    }

    fn announce(&mut self, bytes: u64, most: usize) -> io::Result<()> {
        let free = most.saturating_sub(self.literals);
        let announced = usize::try_from(bytes).ok().filter(|bytes| *bytes <= free);
        self.left = announced.ok_or_else(|| too_large(bytes, free))?;
        self.literals += self.left;
        self.announcement = Announcement::None;
        self.last = 0;
        Ok(())
    }
}

/// The kind is that of what the library can not parse.
fn too_large(bytes: u64, most: usize) -> io::Error {
    io::Error::other(format!(
        "the server announces {bytes} bytes at once; {most} are taken"
    ))
}

fn unasked() -> io::Error {
    io::Error::other("the server describes a message in a way that it was not asked for")
}

#[cfg(test)]
mod tests;
