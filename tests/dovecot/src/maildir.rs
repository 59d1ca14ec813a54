//! The user's mailbox, looked at from behind.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use crate::{Dovecot, process};

impl Dovecot {
    /// Puts a message into the inbox, as a delivery agent does.
    pub fn deliver(&self, bytes: &[u8]) {
        static DELIVERED: AtomicUsize = AtomicUsize::new(0);
        let inbox = self.inbox();
        for name in ["tmp", "new", "cur"] {
            fs::create_dir_all(inbox.join(name)).expect("a folder of ours");
        }
        // Dovecot orders those that arrive together by their names.
        let name = format!("{:09}.test", DELIVERED.fetch_add(1, Ordering::Relaxed));
        let aside = inbox.join("tmp").join(&name);
        fs::write(&aside, bytes).expect("a folder of ours");
        for path in [
            &inbox,
            &inbox.join("tmp"),
            &inbox.join("new"),
            &inbox.join("cur"),
            &aside,
        ] {
            process::give(path);
        }
        fs::rename(aside, inbox.join("new").join(name)).expect("a folder of ours");
    }

    /// The flags of each message that the server has looked at, in the letters of Maildir: `S` is seen.
    #[must_use]
    pub fn flags(&self) -> Vec<String> {
        let names = names(&self.inbox().join("cur")).into_iter();
        names
            .map(|name| {
                name.rsplit_once(',')
                    .map_or_else(String::new, |(_, flags)| flags.to_owned())
            })
            .collect()
    }

    /// How many messages there are.
    #[must_use]
    pub fn count(&self) -> usize {
        let inbox = self.inbox();
        names(&inbox.join("cur")).len() + names(&inbox.join("new")).len()
    }

    /// Makes the server number all messages anew, under another UIDVALIDITY. It must not run.
    pub fn renumber(&self) {
        let inbox = self.inbox();
        for name in names(&inbox)
            .iter()
            .filter(|name| name.starts_with("dovecot"))
        {
            fs::remove_file(inbox.join(name)).expect("a file of ours");
        }
    }
}

/// The names of what lies in a folder, in their order; none if it is not there.
fn names(folder: &Path) -> Vec<String> {
    let entries: io::Result<Vec<PathBuf>> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.map(|entry| entry.path()))
        .collect();
    let mut names: Vec<_> = entries
        .expect("a folder that can be read")
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect();
    names.sort();
    names
}
