//! Keeps the library from opening messages within messages.
//!
//! mail-parser 0.11 reads a `message/rfc822` part as a message, to any depth: 25 MB of nothing but
//! such parts overflow the stack, and copy themselves once for each level where they are coded in
//! base64. To us a message in a message is an attachment, so its type is made one that the library does not
//! know: one letter of `message` is exchanged for a control character that the message has not got,
//! wherever a `Content-Type` may name it. Offsets stay, so headers and bytes are read from what came, and
//! text gets its letter back.

/// A message without types that the library would open, and how to take the change back.
pub(super) struct Opaque {
    /// As long as what came.
    pub(super) bytes: Vec<u8>,
    /// What stands for `e` and `E`; none where nothing was exchanged.
    marks: Option<[u8; 2]>,
    /// `Content-Type`s, and how many of them say `multipart`; `Content-Transfer-Encoding`s.
    pub(super) types: usize,
    pub(super) multiparts: usize,
    pub(super) encodings: usize,
}

/// Types that the library opens, by the token that it knows them by: `message/*`, and `multipart/digest`,
/// whose parts are messages.
const OPENED: [&[u8]; 2] = [b"message", b"digest"];

/// Control characters that neither lines nor charsets have a use for.
const MARKS: [[u8; 2]; 6] = [[1, 2], [3, 4], [5, 6], [16, 17], [18, 19], [20, 21]];

impl Opaque {
    /// None if the message has all the control characters in it that could be used: it is no text anyway.
    pub(super) fn new(raw: &[u8]) -> Option<Self> {
        let marks = *MARKS
            .iter()
            .find(|pair| !raw.iter().any(|byte| pair.contains(byte)))?;
        let mut opaque = Self {
            bytes: raw.to_vec(),
            marks: None,
            types: 0,
            multiparts: 0,
            encodings: 0,
        };
        let mut at = 0;
        while at < raw.len() {
            let end = line_end(raw, at);
            match field_name(&raw[at..end]) {
                Some(Field::Type(value)) => {
                    let last = field_end(raw, end);
                    opaque.types += 1;
                    opaque.multiparts += usize::from(has(&raw[at..last], b"multipart"));
                    opaque.close(at + value, last, marks);
                }
                Some(Field::Encoding) => opaque.encodings += 1,
                None => {}
            }
            at = end;
        }
        Some(opaque)
    }

    /// Exchanges the letter in one field. A token of the type stands at its beginning or after one of
    /// these characters; what stands behind a `=` is a parameter's, a boundary for example.
    fn close(&mut self, from: usize, to: usize, marks: [u8; 2]) {
        for token in OPENED {
            for at in from..to.saturating_sub(token.len()) + 1 {
                let found = self.bytes[at..to].get(..token.len());
                if !found.is_some_and(|found| found.eq_ignore_ascii_case(token)) {
                    continue;
                }
                let before = self.bytes[from..at].trim_ascii_end();
                let starts = matches!(
                    self.bytes[at - 1],
                    b':' | b' ' | b'\t' | b'\r' | b'\n' | b')' | b'"' | b'\\' | b'/'
                );
                let quoted = before.strip_suffix(b"\"").unwrap_or(before);
                if starts && !quoted.trim_ascii_end().ends_with(b"=") {
                    let letter = at + token.iter().position(|byte| *byte == b'e').unwrap_or(0);
                    self.bytes[letter] = marks[usize::from(self.bytes[letter] == b'E')];
                    self.marks = Some(marks);
                }
            }
        }
    }

    /// Gives a text its letters back.
    pub(super) fn restore(&self, text: &str) -> String {
        match self.marks {
            Some([small, large]) => {
                let small = text.replace(char::from(small), "e");
                small.replace(char::from(large), "E")
            }
            None => text.to_owned(),
        }
    }
}

enum Field {
    /// With where its value begins.
    Type(usize),
    Encoding,
}

/// Which of the two fields a line begins, read as the library reads it: without white space, whatever
/// stands before it, and by the letters alone.
fn field_name(line: &[u8]) -> Option<Field> {
    let start = line
        .iter()
        .position(|byte| !byte.is_ascii_whitespace() && *byte != b':')?;
    if !line[start].eq_ignore_ascii_case(&b'c') {
        return None;
    }
    let colon = start + line[start..].iter().position(|byte| *byte == b':')?;
    let name = line[start..colon].iter();
    let name: Vec<u8> = name
        .filter(|byte| !byte.is_ascii_whitespace())
        .map(u8::to_ascii_lowercase)
        .take(32)
        .collect();
    match name.as_slice() {
        b"content-type" => Some(Field::Type(colon + 1)),
        b"content-transfer-encoding" => Some(Field::Encoding),
        _ => None,
    }
}

/// Where the line that begins at a place ends, behind its line feed.
fn line_end(raw: &[u8], at: usize) -> usize {
    let length = raw[at..].iter().position(|byte| *byte == b'\n');
    length.map_or(raw.len(), |length| at + length + 1)
}

/// Where a field ends whose first line ends at a place: lines that begin with white space are its own.
fn field_end(raw: &[u8], mut at: usize) -> usize {
    while matches!(raw.get(at), Some(b' ' | b'\t')) {
        at = line_end(raw, at);
    }
    at
}

fn has(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len())
        .any(|window| window.eq_ignore_ascii_case(word))
}
