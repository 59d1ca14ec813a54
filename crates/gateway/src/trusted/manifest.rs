//! The operator's documents, as files.
//!
//! * `*.graphql`, `*.gql`: a document each; its ids are the file's name without the ending, and its hash.
//! * `*.json`: many documents by their ids, `{"<id>": "<document>"}` as Relay and graphql-codegen write them, or
//!   `{"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body", …}]}` as Apollo's
//!   tools do.
//!
//! Whatever its id, a document is known by its hash, too.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::Deserialize;

use super::hash;

/// The documents of a folder, in the order of its files.
#[derive(Default)]
pub(crate) struct Manifest(Vec<Entry>);

/// One document.
pub(crate) struct Entry {
    /// The file it is in.
    pub(crate) file: PathBuf,
    /// Its id, without the mark of hashes.
    pub(crate) id: String,
    pub(crate) text: Arc<str>,
    /// Where its id stands, if the file lists several.
    pub(crate) listed: Option<Place>,
}

/// A line and a column, both counted from 1.
pub(crate) type Place = (usize, usize);

/// Why there are no documents.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Trusted documents only, and none of them.
    #[error("GATEWAY_TRUSTED_ONLY needs GATEWAY_DOCUMENTS: the folder of the documents to trust")]
    Missing,
    /// A file or folder that can not be read.
    #[error("the documents of {path} can not be read: {cause}")]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A file that is no manifest.
    #[error(
        "{path}:{line}:{column}: no manifest of documents ({cause}); it is {{\"<id>\": \"<document>\"}}, or Apollo's persisted query manifest"
    )]
    Invalid {
        /// Which.
        path: PathBuf,
        /// Where in it.
        line: usize,
        /// Where in the line.
        column: usize,
        /// What is wrong.
        cause: String,
    },
    /// Two documents of one id.
    #[error("{path} has another document than {other} for the id `{id}`; give each its own")]
    Twice {
        /// The second file.
        path: PathBuf,
        /// The first.
        other: PathBuf,
        /// Of both.
        id: String,
    },
}

/// What a manifest may be.
#[derive(Deserialize)]
#[serde(untagged)]
enum File {
    Apollo {
        #[serde(rename = "operations")]
        operations: Vec<Operation>,
    },
    // In the order of the file.
    Plain(serde_json::Map<String, serde_json::Value>),
}

#[derive(Deserialize)]
struct Operation {
    id: String,
    body: String,
}

impl Manifest {
    /// Reads the documents of a folder, or of one file.
    pub(crate) fn read(path: &Path) -> Result<Self, ManifestError> {
        let mut entries = Vec::new();
        for file in files(path)? {
            let text = fs::read_to_string(&file).map_err(unreadable(&file))?;
            match ending(&file) {
                Some("json") => entries.extend(listed(&file, &text)?),
                _ => entries.push(alone(&file, text)),
            }
        }
        Ok(Self(entries))
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.0
    }

    pub(super) fn texts(&self) -> impl Iterator<Item = Arc<str>> {
        self.0.iter().map(|entry| Arc::clone(&entry.text))
    }

    /// The documents by their ids and hashes.
    pub(crate) fn by_id(&self) -> Result<HashMap<String, Arc<str>>, ManifestError> {
        let mut files: HashMap<&str, &Entry> = HashMap::new();
        for entry in &self.0 {
            let first = *files.entry(&entry.id).or_insert(entry);
            if first.text != entry.text {
                return Err(ManifestError::Twice {
                    path: entry.file.clone(),
                    other: first.file.clone(),
                    id: entry.id.clone(),
                });
            }
        }
        let hashes = self.0.iter();
        let hashes = hashes.map(|entry| (hash::of(&entry.text), Arc::clone(&entry.text)));
        let ids = self.0.iter();
        let ids = ids.map(|entry| (entry.id.clone(), Arc::clone(&entry.text)));
        Ok(ids.chain(hashes).collect())
    }
}

fn ending(file: &Path) -> Option<&str> {
    file.extension().and_then(|ending| ending.to_str())
}

fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> ManifestError {
    move |cause| ManifestError::Unreadable {
        path: path.to_owned(),
        cause,
    }
}

/// The files of documents in a folder and in those within it, by name; others are passed over.
fn files(path: &Path) -> Result<Vec<PathBuf>, ManifestError> {
    if fs::metadata(path).map_err(unreadable(path))?.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for found in fs::read_dir(path).map_err(unreadable(path))? {
        let found = found.map_err(unreadable(path))?.path();
        if found.is_dir() {
            files.extend(self::files(&found)?);
        } else if matches!(ending(&found), Some("graphql" | "gql" | "json")) {
            files.push(found);
        }
    }
    files.sort();
    Ok(files)
}

fn alone(file: &Path, text: String) -> Entry {
    let name = file.file_stem().unwrap_or_default();
    Entry {
        file: file.to_owned(),
        id: name.to_string_lossy().into_owned(),
        text: text.into(),
        listed: None,
    }
}

fn listed(file: &Path, file_text: &str) -> Result<Vec<Entry>, ManifestError> {
    let invalid = |(line, column), cause: String| ManifestError::Invalid {
        path: file.to_owned(),
        line,
        column,
        cause,
    };
    let value: serde_json::Value = serde_json::from_str(file_text)
        .map_err(|error| invalid((error.line(), error.column()), error.to_string()))?;
    let entry = |id: &str, text: &str| Entry {
        file: file.to_owned(),
        id: hash::bare(id).to_owned(),
        text: text.into(),
        listed: Some(place_of(id, file_text)),
    };
    match serde_json::from_value(value) {
        Ok(File::Apollo { operations }) => Ok(operations
            .iter()
            .map(|operation| entry(&operation.id, &operation.body))
            .collect()),
        Ok(File::Plain(documents)) => documents
            .iter()
            .map(|(id, document)| match document.as_str() {
                Some(document) => Ok(entry(id, document)),
                None => Err(invalid((1, 1), format!("`{id}` is no text"))),
            })
            .collect(),
        Err(_) => Err(invalid((1, 1), "no object".to_owned())),
    }
}

/// Where an id stands in the file; at its beginning if it is written with escapes.
fn place_of(id: &str, text: &str) -> Place {
    let found = text.find(&format!("\"{id}\"")).unwrap_or_default();
    let before = &text[..found];
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::listed;

    fn documents(text: &str) -> Result<Vec<(String, String)>, String> {
        let entries = listed(Path::new("m.json"), text).map_err(|error| error.to_string())?;
        let entries = entries.iter();
        Ok(entries
            .map(|entry| (entry.id.clone(), entry.text.to_string()))
            .collect())
    }

    #[test]
    fn manifests_are_read_as_clients_write_them() {
        let found = Ok(vec![("ab".to_owned(), "{ a }".to_owned())]);
        assert_eq!(documents(r#"{"ab": "{ a }"}"#), found);
        assert_eq!(documents(r#"{"sha256:ab": "{ a }"}"#), found);
        let apollo = r#"{"format": "apollo-persisted-query-manifest", "version": 1, "operations":
            [{"id": "ab", "name": "A", "type": "query", "body": "{ a }"}]}"#;
        assert_eq!(documents(apollo), found);
        for (text, place) in [
            ("[]", "m.json:1:1"),
            ("{\n\"a\": 1}", "m.json:1:1"),
            ("{\n \"a\" }", "m.json:2:6"),
        ] {
            let error = documents(text).expect_err(text);
            assert!(error.starts_with(place), "{error}");
        }
        assert_eq!(
            super::place_of("b", "{\n  \"a\": \"\", \"b\": \"\"}"),
            (2, 12)
        );
    }
}
