//! The settings file.

use std::path::{Path, PathBuf};

use super::Settings;

/// What is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file is not there or can not be read.
    #[error("the settings file {path} can not be read: {cause}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is no TOML, or has a name or a value that is no setting.
    #[error(
        "the settings file {path} is not valid: line {line}: {cause} (the names are those of the flags that `gateway --help` lists, with _ for -)"
    )]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Where in the file.
        line: usize,
        /// Why; without the line's text, which may hold a secret.
        cause: String,
    },
}

impl Settings {
    /// Reads a settings file.
    ///
    /// # Errors
    /// [`SettingsError`] says which file and what in it.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let unreadable = |cause| SettingsError::Unreadable {
            path: path.to_owned(),
            cause,
        };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        toml::from_str(&text).map_err(|error: toml::de::Error| SettingsError::Invalid {
            path: path.to_owned(),
            line: line_of(&text, error.span().map_or(0, |span| span.start)),
            cause: error.message().trim().replace('\n', ", "),
        })
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text
        .bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
}
