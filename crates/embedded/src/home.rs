//! The data folder: what lies where, and whether it is ours.

use std::{
    fs::{self, DirBuilder},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use nix::unistd::Uid;

use crate::error::{Error, doing};

/// The data folder, absolute and without links.
#[derive(Clone, Debug)]
pub(crate) struct Home {
    dir: PathBuf,
}

impl Home {
    /// Opens the folder, makes it if missing, refuses it if something else than `callers_files` lives
    /// there.
    pub(crate) fn open(dir: &Path, callers_files: &[&str]) -> Result<Self, Error> {
        // The server's user has to pass through a folder that root makes, not to list it.
        let mode = if Uid::effective().is_root() {
            0o711
        } else {
            0o700
        };
        DirBuilder::new()
            .recursive(true)
            .mode(mode)
            .create(dir)
            .map_err(doing("create", dir))?;
        let dir = dir.canonicalize().map_err(doing("open", dir))?;
        let home = Self { dir };
        home.refuse_foreign(callers_files)?;
        Ok(home)
    }

    /// The folder as it is: nothing is made, and nothing refused.
    pub(crate) fn look(dir: &Path) -> Result<Self, Error> {
        let dir = dir.canonicalize().map_err(doing("open", dir))?;
        Ok(Self { dir })
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn cluster(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.dir.join("postgres.lock")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.dir.join("postgres.log")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.dir.join("socket")
    }

    pub(crate) fn socket_note(&self) -> PathBuf {
        self.dir.join("socket.path")
    }

    /// Whether a server was started, or a cluster made, in the folder.
    fn is_ours(&self) -> bool {
        self.lock().exists() || self.has_cluster()
    }

    fn has_cluster(&self) -> bool {
        self.cluster().join("PG_VERSION").exists()
    }

    /// The major version that made the cluster; `None` while there is no cluster.
    pub(crate) fn cluster_major(&self) -> Result<Option<u32>, Error> {
        let cluster = self.cluster();
        if is_empty(&cluster)? {
            return Ok(None);
        }
        let version = fs::read_to_string(cluster.join("PG_VERSION")).unwrap_or_default();
        let major = version.trim().split('.').next().unwrap_or_default();
        match major.parse() {
            Ok(major) => Ok(Some(major)),
            Err(_) => Err(Error::Foreign { dir: cluster }),
        }
    }

    fn refuse_foreign(&self, callers_files: &[&str]) -> Result<(), Error> {
        if self.is_ours() || holds_only(&self.dir, callers_files)? {
            return Ok(());
        }
        let dir = self.dir.clone();
        match fs::read_to_string(dir.join("PG_VERSION")) {
            Ok(version) => Err(Error::ForeignCluster {
                dir,
                version: version.trim().to_owned(),
            }),
            Err(_) => Err(Error::Foreign { dir }),
        }
    }
}

/// Whether a server has made its cluster in `data_dir`. Until then there is no data to read.
#[must_use]
pub fn has_cluster(data_dir: &Path) -> bool {
    Home::look(data_dir).is_ok_and(|home| home.has_cluster())
}

/// Whether the folder has no entries; one that is missing has none.
fn is_empty(dir: &Path) -> Result<bool, Error> {
    holds_only(dir, &[])
}

/// Whether the folder has no entries but these.
fn holds_only(dir: &Path, names: &[&str]) -> Result<bool, Error> {
    let allowed = |entry: io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| names.iter().any(|name| entry.file_name() == *name))
    };
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.all(allowed)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(doing("read", dir)(error)),
    }
}
