//! A server that another program runs.

use std::path::{Path, PathBuf};

use crate::{error::Error, home::Home, lock::Lock, socket, url::socket_url};

/// A server that another program started in a data folder and still runs.
#[derive(Clone, Debug)]
pub struct Running {
    socket_dir: PathBuf,
}

impl Running {
    /// The server in `data_dir`, if another program runs one there at this moment. Nothing is made or
    /// changed in the folder.
    ///
    /// # Errors
    ///
    /// When the folder or its lock cannot be read; see [`Error`].
    pub fn find(data_dir: &Path) -> Result<Option<Self>, Error> {
        if !data_dir.exists() {
            return Ok(None);
        }
        let home = Home::look(data_dir)?;
        if !home.lock().exists() || !matches!(Lock::take(&home), Err(Error::InUse { .. })) {
            return Ok(None);
        }
        Ok(socket::existing(&home).map(|socket_dir| Self { socket_dir }))
    }

    /// The connection string of `role`, for `database`. Roles need no password.
    pub fn url(&self, role: &str, database: &str) -> String {
        socket_url(&self.socket_dir, role, database)
    }

    /// The connection string of the superuser, for `database`.
    pub fn superuser_url(&self, database: &str) -> String {
        self.url(crate::SUPERUSER, database)
    }
}
