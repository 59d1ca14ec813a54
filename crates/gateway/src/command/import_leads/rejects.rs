//! The file of what was not imported, to be mended and imported again as it is.
//!
//! A row is written as it was read, after its line and the reason: one with too many or too few fields
//! has as many too many or too few here.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use csv::{ByteRecord, Writer, WriterBuilder};

use super::{
    error::ImportError,
    header::{ADDED, Header, is_added},
};

/// A file that is made when it is needed.
pub(super) struct Rejects {
    path: PathBuf,
    replace: bool,
    file: Option<Writer<File>>,
}

/// A row that was not imported.
pub(super) struct Reject<'r> {
    pub(super) line: u64,
    pub(super) fields: &'r ByteRecord,
    pub(super) reason: String,
}

impl Rejects {
    /// Makes sure that the file can be made later, before anything is imported.
    ///
    /// # Errors
    /// When it is there already and may not be replaced, is the input, or has no folder.
    pub(super) fn prepare(path: PathBuf, input: &Path, replace: bool) -> Result<Self, ImportError> {
        match fs::canonicalize(&path) {
            Ok(there) if fs::canonicalize(input).is_ok_and(|input| input == there) => {
                return Err(ImportError::RejectsAreInput(path));
            }
            Ok(_) if !replace => return Err(ImportError::RejectsExist(path)),
            _ => {}
        }
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        match folder.map(fs::metadata) {
            Some(Err(cause)) => Err(ImportError::RejectsUnwritable { path, cause }),
            _ => Ok(Self {
                path,
                replace,
                file: None,
            }),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes rejects of a batch down, so that they are there whatever comes next.
    pub(super) fn write(&mut self, header: &Header, rejects: &[Reject<'_>]) -> io::Result<()> {
        if rejects.is_empty() {
            return Ok(());
        }
        let own: Vec<bool> = header.names.iter().map(|name| !is_added(name)).collect();
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(create(&self.path, self.replace, header)?),
        };
        for reject in rejects {
            file.write_field(reject.line.to_string())?;
            file.write_field(&reject.reason)?;
            for (index, field) in reject.fields.iter().enumerate() {
                if own.get(index).is_none_or(|own| *own) {
                    file.write_field(field)?;
                }
            }
            file.write_record(None::<&[u8]>)?;
        }
        file.flush()
    }

    /// After the last row: rejects of an earlier import are not to be taken for those of this one.
    pub(super) fn finish(self) -> io::Result<()> {
        if self.file.is_some() || !self.replace {
            return Ok(());
        }
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn create(path: &Path, replace: bool, header: &Header) -> io::Result<Writer<File>> {
    let mut options = OpenOptions::new();
    options.write(true);
    if replace {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let mut file = WriterBuilder::new()
        .delimiter(header.delimiter)
        .flexible(true)
        .from_writer(options.open(path)?);
    let own = header.names.iter().filter(|name| !is_added(name));
    file.write_record(ADDED.iter().map(|name| name.as_bytes()).chain(own))?;
    Ok(file)
}
