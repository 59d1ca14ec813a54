//! The first line: what separates fields, and which column is what.

use csv::ByteRecord;

use super::{error::ImportError, row::Fields};

/// What fields can be separated by, the most usual first.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// The columns that a file of rejects adds. It may be imported itself, and they are not its own then.
pub(super) const ADDED: [&str; 2] = ["line", "reason"];

/// The columns of a file.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) delimiter: u8,
    /// As the file has them.
    pub(super) names: ByteRecord,
    pub(super) email: usize,
    pub(super) name: Option<usize>,
    pub(super) company: Option<usize>,
}

impl Header {
    /// Reads the first line. Without a delimiter it is the one with which there is a column `email`,
    /// and then the one that makes the most columns.
    ///
    /// # Errors
    /// When there is no column `email`, or two of a kind.
    pub(super) fn read(line: &[u8], delimiter: Option<u8>) -> Result<Self, ImportError> {
        if line.starts_with(b"\xFF\xFE") || line.starts_with(b"\xFE\xFF") || line.contains(&0) {
            return Err(ImportError::Utf16);
        }
        let split = |delimiter| (delimiter, Fields::new(delimiter).only(line));
        let candidates = match delimiter {
            Some(given) => vec![split(given)],
            None => DELIMITERS.map(split).into(),
        };
        let rank = |names: &ByteRecord| (find(names, "email").next().is_some(), names.len());
        let best = candidates
            .into_iter()
            // The first of equals: `max_by_key` would take the last.
            .reduce(|best, next| {
                if rank(&next.1) > rank(&best.1) {
                    next
                } else {
                    best
                }
            });
        let (delimiter, names) = best.unwrap_or((b',', ByteRecord::new()));
        Ok(Self {
            delimiter,
            email: only(&names, "email")?.ok_or_else(|| ImportError::NoEmail(list(&names)))?,
            name: only(&names, "name")?,
            company: only(&names, "company")?,
            names,
        })
    }

    /// The columns that are not imported.
    pub(super) fn unknown(&self) -> Vec<String> {
        let known = [Some(self.email), self.name, self.company];
        let columns = self.names.iter().enumerate();
        columns
            .filter(|(index, name)| !known.contains(&Some(*index)) && !is_added(name))
            .map(|(_, name)| text(name))
            .collect()
    }
}

/// Whether a file of rejects has written the column.
pub(super) fn is_added(name: &[u8]) -> bool {
    ADDED.iter().any(|added| is(name, added))
}

fn only(names: &ByteRecord, name: &'static str) -> Result<Option<usize>, ImportError> {
    let mut found = find(names, name);
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        _ => Err(ImportError::Twice(name)),
    }
}

fn find<'n>(names: &'n ByteRecord, name: &'static str) -> impl Iterator<Item = usize> + 'n {
    let columns = names.iter().enumerate();
    columns.filter_map(move |(index, column)| is(column, name).then_some(index))
}

fn is(column: &[u8], name: &str) -> bool {
    column.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
}

fn text(name: &[u8]) -> String {
    String::from_utf8_lossy(name.trim_ascii()).into_owned()
}

fn list(names: &ByteRecord) -> String {
    names.iter().map(text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::{Header, ImportError};

    fn read(line: &str) -> Result<Header, ImportError> {
        Header::read(line.as_bytes(), None)
    }

    #[test]
    fn columns_stand_in_any_order_and_are_written_in_any_case() {
        let header = read(" Company ,\"E-Mail, private\",EMAIL,Name\r").unwrap();
        assert_eq!(
            (header.email, header.name, header.company),
            (2, Some(3), Some(0))
        );
        assert_eq!(header.unknown(), ["E-Mail, private"]);
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_the_columns() {
        for (line, delimiter) in [
            ("email,name", b','),
            ("name;email", b';'),
            ("email\tname", b'\t'),
            ("email", b','),
            ("\"notes, long\";email", b';'),
            ("a;b;c,email", b','),
        ] {
            assert_eq!(read(line).unwrap().delimiter, delimiter, "{line}");
        }
        let given = Header::read(b"email|name", Some(b'|')).unwrap();
        assert_eq!(given.name, Some(1));
    }

    #[test]
    fn what_a_file_of_rejects_adds_is_not_unknown() {
        assert_eq!(
            read("line,reason,email,phone").unwrap().unknown(),
            ["phone"]
        );
    }

    #[test]
    fn without_addresses_there_is_nothing_to_import() {
        let none = read("ada@example.com;Ada").unwrap_err();
        assert!(none.to_string().contains("ada@example.com, Ada"), "{none}");
        assert!(matches!(
            read("email,Email"),
            Err(ImportError::Twice("email"))
        ));
        assert!(matches!(read("\u{0}e\u{0}m"), Err(ImportError::Utf16)));
    }
}
