//! `gateway documents`.

use std::path::{Path, PathBuf};

use async_graphql::Pos;
use clap::Args;
use resolver::operation::inspect;

use super::{CommandError, print};
use crate::{
    settings::Config,
    trusted::{Entry, Manifest},
};

/// Checks the documents that are trusted: each against the schema and the limits.
#[derive(Args, Debug)]
pub struct Documents {
    /// The folder or the manifest [default: that of GATEWAY_DOCUMENTS]
    path: Option<PathBuf>,
}

impl Documents {
    pub(super) fn run(&self, config: &Config) -> Result<(), CommandError> {
        let path = self.path.as_deref().or(config.documents.as_deref());
        let path = path.ok_or_else(|| {
            CommandError::Usage(
                "name the folder of the documents: `gateway documents FOLDER`, or set GATEWAY_DOCUMENTS".to_owned(),
            )
        })?;
        let manifest = Manifest::read(path)?;
        manifest.by_id()?;
        check(manifest.entries(), path, config)
    }
}

/// A line for each problem, and how much there was to look at.
fn check(entries: &[Entry], path: &Path, config: &Config) -> Result<(), CommandError> {
    if entries.is_empty() {
        return Err(CommandError::Usage(format!(
            "there are no documents in {}: files that end in .graphql, .gql or .json",
            path.display()
        )));
    }
    let schema = resolver::schema();
    let (mut problems, mut dearest) = (0, None);
    for entry in entries {
        match inspect(&schema, &config.limits, &entry.text) {
            Ok(found) => dearest = dearest.max(Some((found.cost, entry.name()))),
            Err(errors) => {
                problems += errors.len();
                for error in errors {
                    let place = error.locations.first().copied().unwrap_or_default();
                    print(entry.problem(place, &error.message))?;
                }
            }
        }
    }
    let count = entries.len();
    if problems > 0 {
        return Err(CommandError::Documents { problems, count });
    }
    let (cost, name) = dearest.unwrap_or_default();
    print(format!(
        "documents that fit the schema and the limits: {count}; the dearest costs {cost} by estimate: {name}"
    ))
}

impl Entry {
    /// The file, and which of its documents.
    fn name(&self) -> String {
        match self.listed {
            Some(_) => format!("`{}` of {}", self.id, self.file.display()),
            None => self.file.display().to_string(),
        }
    }

    /// A line that editors can follow. Of a document inside of JSON the file's place is that of its id.
    fn problem(&self, place: Pos, message: &str) -> String {
        let file = self.file.display();
        let message = message.replace('\n', " ");
        let (line, column) = (place.line.max(1), place.column.max(1));
        match self.listed {
            None => format!("{file}:{line}:{column}: {message}"),
            Some((file_line, file_column)) => format!(
                "{file}:{file_line}:{file_column}: `{}` at {line}:{column}: {message}",
                self.id
            ),
        }
    }
}
