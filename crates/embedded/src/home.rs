//! The data folder: what lies where, and whether it is ours.

use std::{
    fs::{self, DirBuilder},
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
    /// Opens the folder, makes it if missing, refuses it if something else lives there.
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
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
        home.refuse_foreign()?;
        Ok(home)
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

    fn refuse_foreign(&self) -> Result<(), Error> {
        let ours = self.lock().exists() || self.cluster().join("PG_VERSION").exists();
        if ours || is_empty(&self.dir)? {
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

/// Whether the folder has no entries; one that is missing has none.
fn is_empty(dir: &Path) -> Result<bool, Error> {
    match fs::read_dir(dir) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(doing("read", dir)(error)),
    }
}
