//! One program at a time in a data folder.

use std::{
    fs::{File, OpenOptions},
    io::{Read, Seek, Write},
    os::unix::fs::OpenOptionsExt,
};

use nix::{
    errno::Errno,
    fcntl::{Flock, FlockArg},
};

use crate::{
    error::{Error, doing},
    home::Home,
};

/// Held from before the first look at the cluster until the server has ended.
///
/// The file holds two numbers: the process that holds the lock, and the server it started. The kernel
/// drops the lock with its process, however that ends; the second number then tells the next
/// program that a server it finds running is a leftover of ours.
#[derive(Debug)]
pub(crate) struct Lock {
    file: Flock<File>,
    home: Home,
    /// The server that the previous holder started.
    pub(crate) previous_server: Option<i32>,
}

impl Lock {
    /// Takes the lock, or says who has it.
    pub(crate) fn take(home: &Home) -> Result<Self, Error> {
        let path = home.lock();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(doing("open", &path))?;
        let numbers = read_numbers(&mut file);
        let file = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(file) => file,
            Err((_, Errno::EWOULDBLOCK)) => {
                return Err(Error::InUse {
                    dir: home.dir().into(),
                    pid: numbers.first().copied().unwrap_or_default(),
                });
            }
            Err((_, errno)) => return Err(doing("lock", &path)(errno.into())),
        };
        let mut lock = Self {
            file,
            home: home.clone(),
            previous_server: None,
        };
        // Again, now that nobody else writes.
        lock.previous_server = read_numbers(&mut lock.file).get(1).copied();
        lock.record(lock.previous_server)?;
        Ok(lock)
    }

    /// Notes the server that this program runs.
    pub(crate) fn record(&mut self, server: Option<i32>) -> Result<(), Error> {
        let server = server.map(|pid| pid.to_string()).unwrap_or_default();
        let text = format!("{}\n{server}\n", std::process::id());
        let file = &mut *self.file;
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(text.as_bytes()))
            .map_err(doing("write", self.home.lock()))
    }
}

fn read_numbers(file: &mut File) -> Vec<i32> {
    let mut text = String::new();
    // An unreadable note is as good as none: the lock itself is what counts.
    let _ = file.rewind().and_then(|()| file.read_to_string(&mut text));
    text.lines().map_while(|line| line.parse().ok()).collect()
}
