//! How the server's user gets to the cluster where its path is closed to it.
//!
//! Root keeps the cluster where it was told to, which is often below a folder that only root may enter
//! (`/root`, a private temporary folder). PostgreSQL runs as another user there and opens its data
//! directory by path. Linux gives a way in without opening the folders above to everyone: we open the
//! cluster as root and hand it over as a descriptor, and `/proc/self/fd/9` names that in the
//! server and in all its children.

use std::{
    ffi::OsString,
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{
    DATA_DIR_VARIABLE,
    account::Account,
    error::{Error, doing},
};

const DESCRIPTOR: &str = "/proc/self/fd/9";

/// A program that is about to work on a cluster.
pub(crate) struct Door {
    command: Command,
    name: PathBuf,
}

impl Door {
    /// Starts the command line of `program`, which is to work on `cluster` as `account`.
    pub(crate) fn open(program: &Path, cluster: &Path, account: &Account) -> Result<Self, Error> {
        let mut door = if account.may_enter(cluster) {
            Self::by_path(program, cluster)
        } else if Path::new("/proc/self/fd").is_dir() {
            Self::by_descriptor(program, cluster)?
        } else {
            return Err(Error::Unreachable {
                user: account.name.clone(),
                path: cluster.into(),
                setting: DATA_DIR_VARIABLE,
            });
        };
        account.prepare(&mut door.command);
        Ok(door)
    }

    /// The command line, and the name by which the cluster goes on it.
    pub(crate) fn into_parts(self) -> (Command, OsString) {
        (self.command, self.name.into_os_string())
    }

    fn by_path(program: &Path, cluster: &Path) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self {
            command,
            name: cluster.into(),
        }
    }

    /// The descriptor arrives as standard input; a shell moves it out of the way of programs that
    /// replace theirs, and then becomes the program.
    fn by_descriptor(program: &Path, cluster: &Path) -> Result<Self, Error> {
        let folder = File::open(cluster).map_err(doing("open", cluster))?;
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", "exec 9<&0 </dev/null; exec \"$@\"", "sh"])
            .arg(program)
            .stdin(folder);
        Ok(Self {
            command,
            name: DESCRIPTOR.into(),
        })
    }
}
