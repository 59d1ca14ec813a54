//! As which user of the operating system the server runs.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

use nix::unistd::{Gid, Uid, User, chown};

use crate::error::{Error, doing};

/// The user that owns the cluster and runs `postgres`.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) uid: Uid,
    pub(crate) gid: Gid,
    pub(crate) name: String,
    /// Whether we are root and have to become this user.
    pub(crate) switches: bool,
}

impl Account {
    /// Ourselves; for root the owner of the cluster, or `postgres` or `nobody` while there is none.
    pub(crate) fn choose(cluster: &Path) -> Result<Self, Error> {
        let owner = fs::metadata(cluster)
            .ok()
            .map(|found| Uid::from_raw(found.uid()));
        let account = match owner {
            Some(owner) if Uid::effective().is_root() && !owner.is_root() => Self::of(owner),
            _ if Uid::effective().is_root() => Self::unprivileged()?,
            _ => Self::of(Uid::effective()),
        };
        match owner {
            Some(owner) if owner != account.uid => Err(Error::WrongOwner {
                dir: cluster.into(),
                owner: Self::of(owner).name,
                user: account.name,
            }),
            _ => Ok(account),
        }
    }

    fn unprivileged() -> Result<Self, Error> {
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self::of(user.uid))
            .ok_or(Error::NoAccount)
    }

    /// A user without an entry in the user database (usual in containers) goes by its number.
    fn of(uid: Uid) -> Self {
        let entry = User::from_uid(uid).ok().flatten();
        Self {
            uid,
            gid: entry.as_ref().map_or_else(Gid::effective, |user| user.gid),
            name: entry.map_or_else(|| uid.to_string(), |user| user.name),
            switches: Uid::effective().is_root(),
        }
    }

    /// Makes `command` run as this user, out of reach of the caller's environment for PostgreSQL, and
    /// in a process group of its own: Ctrl-C in a terminal must reach the program first, which then
    /// stops the server.
    pub(crate) fn prepare(&self, command: &mut Command) {
        const FOREIGN: [&str; 6] = [
            "PGDATA",
            "PGHOST",
            "PGPORT",
            "PGUSER",
            "PGDATABASE",
            "PGOPTIONS",
        ];
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.current_dir("/").process_group(0);
        if self.switches {
            command.uid(self.uid.as_raw()).gid(self.gid.as_raw());
        }
    }

    /// Hands `path` to this user.
    pub(crate) fn own(&self, path: &Path) -> Result<(), Error> {
        if !self.switches {
            return Ok(());
        }
        chown(path, Some(self.uid), Some(self.gid))
            .map_err(|errno| doing("hand over", path)(errno.into()))
    }

    /// Whether this user may enter the folder. The shell is asked, since mode bits of all parents do not
    /// tell about access lists.
    pub(crate) fn may_enter(&self, dir: &Path) -> bool {
        self.shell_says("cd -- \"$1\"", dir)
    }

    /// Whether this user may run the program.
    pub(crate) fn may_run(&self, program: &Path) -> bool {
        self.shell_says("test -x \"$1\"", program)
    }

    fn shell_says(&self, script: &str, path: &Path) -> bool {
        if !self.switches {
            return true;
        }
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", script, "sh"]).arg(path);
        shell
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        self.prepare(&mut shell);
        shell.status().is_ok_and(|status| status.success())
    }
}
