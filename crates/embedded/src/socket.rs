//! Where the Unix socket lies.
//!
//! In the data folder, unless its path is too long for a socket or closed to the server's user. Then it
//! lies in a short folder below the system's temporary one, which the data folder remembers: a
//! program that connects by URL finds the server again after a restart.

use std::{
    env,
    fs::{self, DirBuilder},
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt},
    },
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use crate::{
    account::Account,
    error::{Error, doing},
    home::Home,
};

/// The port, which for a Unix socket is only a part of its name.
pub(crate) const PORT: u16 = 5432;

/// How many bytes the kernel takes for the path of a socket, without the NUL.
const LONGEST_PATH: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Makes the folder for the socket, owned by the server's user and closed to all others.
pub(crate) fn folder(home: &Home, account: &Account) -> Result<PathBuf, Error> {
    let inside = home.socket();
    if fits(&inside) && account.may_enter(home.dir()) {
        return match make(&inside, account)? {
            true => Ok(inside),
            false => Err(Error::Foreign { dir: inside }),
        };
    }
    if let Some(remembered) = remembered(home)
        && make(&remembered, account)?
    {
        return Ok(remembered);
    }
    let outside = make_new(account)?;
    let note = home.socket_note();
    fs::write(&note, outside.as_os_str().as_bytes()).map_err(doing("write", &note))?;
    Ok(outside)
}

/// The folder in which a server's socket lies at this moment.
pub(crate) fn existing(home: &Home) -> Option<PathBuf> {
    let socket = format!(".s.PGSQL.{PORT}");
    let folders = [Some(home.socket()), remembered(home)];
    folders
        .into_iter()
        .flatten()
        .find(|folder| folder.join(&socket).exists())
}

fn fits(folder: &Path) -> bool {
    let socket = folder.join(format!(".s.PGSQL.{PORT}"));
    socket.as_os_str().len() <= LONGEST_PATH
}

fn remembered(home: &Home) -> Option<PathBuf> {
    let path = PathBuf::from(fs::read_to_string(home.socket_note()).ok()?);
    (path.is_absolute() && fits(&path)).then_some(path)
}

fn make_new(account: &Account) -> Result<PathBuf, Error> {
    let mut number = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| now.as_nanos() as u64);
    let parent = [env::temp_dir(), PathBuf::from("/tmp")]
        .into_iter()
        .find(|dir| fits(&dir.join(name(number))) && account.may_enter(dir))
        .unwrap_or_else(|| PathBuf::from("/tmp"));
    loop {
        let folder = parent.join(name(number));
        if !folder.exists() && make(&folder, account)? {
            return Ok(folder);
        }
        number += 1;
    }
}

fn name(number: u64) -> String {
    format!("pg-{:08x}", number as u32)
}

/// Makes the folder; one that exists is taken (`true`) only if it is what we would have made. In a folder
/// that everyone may write to, somebody else may have put one there.
fn make(folder: &Path, account: &Account) -> Result<bool, Error> {
    match DirBuilder::new().mode(0o700).create(folder) {
        Ok(()) => account.own(folder).map(|()| true),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(folder).map_err(doing("read", folder))?;
            let private = found.mode() & 0o777 == 0o700 && found.uid() == account.uid.as_raw();
            Ok(found.is_dir() && private)
        }
        Err(error) => Err(doing("create", folder)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_a_hundred_and_seven_bytes_is_the_longest() {
        let of_length = |length: usize| PathBuf::from(format!("/{}", "x".repeat(length - 1)));
        let name = "/.s.PGSQL.5432".len();
        assert!(fits(&of_length(LONGEST_PATH - name)));
        assert!(!fits(&of_length(LONGEST_PATH - name + 1)));
    }
}
