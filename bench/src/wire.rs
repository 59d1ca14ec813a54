//! The little of PostgreSQL's protocol that the proxy reads: which types a driver declares for the values of a
//! statement. The log does not tell them, and without them `unnest($1)` is no statement.

/// What a client declared with a Parse message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Declared {
    /// The statement.
    pub(crate) sql: String,
    /// The numbers of the types; 0 is for PostgreSQL to find out.
    pub(crate) types: Vec<u32>,
}

/// What a client sends, cut into messages.
#[derive(Debug, Default)]
pub(crate) struct Messages {
    bytes: Vec<u8>,
    /// The first messages of a connection have no letter; they end with the one that names the user.
    started: bool,
}

impl Messages {
    /// Takes further bytes; answers with the statements that are complete now.
    pub(crate) fn feed(&mut self, bytes: &[u8]) -> Vec<Declared> {
        self.bytes.extend_from_slice(bytes);
        let mut found = Vec::new();
        loop {
            let head = usize::from(self.started);
            let Some(length) = number(&self.bytes, head) else {
                return found;
            };
            let end = head + length as usize;
            if self.bytes.len() < end || length < 4 {
                return found;
            }
            let message: Vec<u8> = self.bytes.drain(..end).collect();
            if !self.started {
                // Version 3.0 names the user; what else there is asks for encryption first.
                self.started = number(&message, 4) == Some(196_608);
            } else if message[0] == b'P' {
                found.extend(declared(&message[5..]));
            }
        }
    }
}

/// Name, statement, number of types, types: PostgreSQL 15, section 55.7.
fn declared(body: &[u8]) -> Option<Declared> {
    let mut texts = body.splitn(3, |byte| *byte == 0);
    let (_name, sql, rest) = (texts.next()?, texts.next()?, texts.next()?);
    let types = rest.get(2..)?.chunks_exact(4);
    Some(Declared {
        sql: String::from_utf8_lossy(sql).into_owned(),
        types: types.filter_map(|bytes| number(bytes, 0)).collect(),
    })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_be_bytes(four.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Declared, Messages};

    #[test]
    fn a_statement_is_found_wherever_the_bytes_are_cut() {
        let mut bytes = vec![0, 0, 0, 9, 0, 3, 0, 0, 0];
        bytes.extend(*b"Q\0\0\0\x06;\0");
        bytes.extend(*b"P\0\0\0\x17s1\0SELECT $1\0\0\x01\0\0\x0b\x87");
        let wanted = [Declared {
            sql: "SELECT $1".to_owned(),
            types: vec![2951],
        }];
        for cut in 0..bytes.len() {
            let mut messages = Messages::default();
            let mut found = messages.feed(&bytes[..cut]);
            found.extend(messages.feed(&bytes[cut..]));
            assert_eq!(found, wanted, "cut at {cut}");
        }
    }
}
