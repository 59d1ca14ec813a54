//! Where accepted messages go: a Maildir, the journal, a channel, in this order.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};

use tokio::{fs, sync::mpsc};
use uuid::Uuid;

use super::{Error, Options, Received};

pub(super) struct Keep {
    journal: Option<Mutex<File>>,
    maildir: Option<PathBuf>,
    channel: Option<mpsc::Sender<Received>>,
}

impl Keep {
    pub(super) async fn open(options: &Options) -> Result<Self, Error> {
        let journal = options.journal.as_deref().map(append).transpose()?;
        if let Some(folder) = &options.maildir {
            prepare(folder).await.map_err(|source| Error::Folder {
                path: folder.clone(),
                source,
            })?;
        }
        Ok(Self {
            journal: journal.map(Mutex::new),
            maildir: options.maildir.clone(),
            channel: options.channel.clone(),
        })
    }

    /// Keeps the message; once this returns, what was written outlives the process.
    pub(super) async fn keep(&self, message: Received) -> io::Result<()> {
        if let Some(folder) = &self.maildir {
            deliver(folder, &message).await?;
        }
        if let Some(journal) = &self.journal {
            // One write of what the system appends whole: lines of several connections do not mix.
            let mut file = journal
                .lock()
                .map_err(|_| io::Error::other("the journal is lost"))?;
            file.write_all(message.lines().as_bytes())?;
        }
        match &self.channel {
            Some(channel) => channel.send(message).await.map_err(io::Error::other),
            None => Ok(()),
        }
    }
}

fn append(path: &Path) -> Result<File, Error> {
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.map_err(|source| Error::Folder {
        path: path.to_owned(),
        source,
    })
}

async fn prepare(folder: &Path) -> io::Result<()> {
    for name in ["tmp", "new", "cur"] {
        fs::create_dir_all(folder.join(name)).await?;
    }
    Ok(())
}

/// As Maildir has it: written aside, and there at once under a name that nobody else takes.
async fn deliver(folder: &Path, message: &Received) -> io::Result<()> {
    let name = format!(
        "{}.{}.sink",
        message.at.timestamp(),
        Uuid::now_v7().simple()
    );
    let aside = folder.join("tmp").join(&name);
    fs::write(&aside, &message.bytes).await?;
    fs::rename(&aside, folder.join("new").join(&name)).await
}
