//! The command's arguments.

use std::path::{Path, PathBuf};

use async_graphql::resolver_utils::EnumType;
use clap::{
    Args, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use resolver::object::lead::LeadStatus;

/// What to import, and as whom.
#[derive(Args, Debug)]
pub struct ImportLeads {
    /// The CSV file (UTF-8), or - for standard input
    pub(super) file: PathBuf,
    /// The tenant's name (acme) or id (tnt_…)
    #[arg(long)]
    pub(super) tenant: String,
    /// The address (owner@acme.test) or id (user_…) of the member who imports: an owner, admin or member
    #[arg(long)]
    pub(super) user: String,
    /// What to do with a lead whose address is there already
    #[arg(long, value_enum, default_value_t = Mode::Insert)]
    pub(super) mode: Mode,
    /// The status of all of them [default: new ones are active, others stay as they are]
    #[arg(long, value_parser = statuses(), ignore_case = true)]
    pub(super) status: Option<String>,
    /// Where rejected rows go, with the reason [default: FILE's name with .rejects.csv, beside it]
    #[arg(long, value_name = "CSV")]
    pub(super) rejects: Option<PathBuf>,
    /// Replace the file for rejects if it is there
    #[arg(long)]
    pub(super) force: bool,
    /// Rows of a transaction; 10000 at most
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(super) batch: u16,
    /// What separates fields, "tab" or one character [default: comma, semicolon or tab, as the first line has it]
    #[arg(long, value_parser = delimiter)]
    pub(super) delimiter: Option<u8>,
}

/// What to do with a lead whose address is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::command) enum Mode {
    /// Reject it
    Insert,
    /// Change it to what the file says; what is empty in the file stays as it is
    Upsert,
    /// Pass over it
    Skip,
}

impl Mode {
    pub(super) fn as_graphql(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Upsert => "UPSERT",
            Self::Skip => "SKIP",
        }
    }
}

/// The values of the schema.
fn statuses() -> impl TypedValueParser<Value = String> {
    let items = LeadStatus::items().iter();
    PossibleValuesParser::new(items.map(|item| item.name))
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [b'"' | b'\n' | b'\r'] => Err("a quote or a line end can not separate fields".to_owned()),
        [one] if one.is_ascii() => Ok(*one),
        _ => Err("give one ASCII character, or tab".to_owned()),
    }
}

impl ImportLeads {
    /// What the import is called.
    pub(super) fn name(&self) -> String {
        match self.file.file_name() {
            Some(name) if self.file != Path::new("-") => name.to_string_lossy().into_owned(),
            _ => "standard input".to_owned(),
        }
    }

    /// Where rejects go.
    pub(super) fn rejects(&self) -> PathBuf {
        match &self.rejects {
            Some(path) => path.clone(),
            None if self.file == Path::new("-") => "rejects.csv".into(),
            None => self.file.with_extension("rejects.csv"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::delimiter;

    #[test]
    fn a_delimiter_is_one_character() {
        assert_eq!(delimiter("tab"), Ok(b'\t'));
        assert_eq!(delimiter("|"), Ok(b'|'));
        for bad in ["", "\"", "ab", "ü", "\n"] {
            assert!(delimiter(bad).is_err(), "{bad}");
        }
    }
}
