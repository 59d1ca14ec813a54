//! A download as it is sent.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::stream::{self, Stream};
use resolver::export::{Export, Line};
use tenant::{Identity, Refusal, TenantContext};
use tokio::{sync::mpsc, time::timeout};

use super::{Record, csv};
use crate::{http::error::HttpError, serve::DownloadTurn};

/// For so long a client may take nothing; less than for how long the database lets a transaction rest.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a download may take in all: its snapshot holds connections, and keeps both databases from tidying up.
const LONGEST: Duration = Duration::from_mins(10);

/// Bytes on their way to a client.
pub(super) struct Download {
    pages: mpsc::Receiver<Vec<u8>>,
    /// Whether all rows were handed on; else the end of the pages is none of the file.
    complete: Arc<AtomicBool>,
}

/// Why a download does not begin.
pub(super) enum NotBegun {
    /// There is no transaction to be had.
    Refused(Refusal),
    /// A statement failed.
    Failed(Box<dyn std::error::Error + Send + Sync>),
    /// It can not be recorded.
    Unrecorded(audit::Trouble),
}

impl NotBegun {
    pub(super) fn of(self, identity: &Identity) -> HttpError {
        match self {
            Self::Refused(refusal) => HttpError::refused(refusal, identity),
            Self::Failed(error) => {
                tracing::error!(%error, "numbers can not be read");
                HttpError::Internal
            }
            Self::Unrecorded(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "a download can not be recorded");
                HttpError::NotRecorded
            }
        }
    }
}

impl Download {
    /// Reads the first page, which says whether who asks may, and records that it is taken.
    pub(super) async fn begin(
        context: Arc<TenantContext>,
        mut export: Export,
        record: Record,
        turn: DownloadTurn,
    ) -> Result<Self, NotBegun> {
        let first = export.page(&context).await;
        let begun = match first {
            Err(error) => Err(match context.refusal() {
                Some(refusal) => NotBegun::Refused(refusal),
                None => NotBegun::Failed(error.into()),
            }),
            Ok(first) => match record.begun().await {
                Ok(()) => Ok(first),
                Err(trouble) => Err(NotBegun::Unrecorded(trouble)),
            },
        };
        let first = match begun {
            Ok(first) => first,
            Err(error) => {
                // It only read; to end that fails nobody.
                let _ = context.finish(false).await;
                return Err(error);
            }
        };
        let (to, pages) = mpsc::channel(1);
        let complete = Arc::<AtomicBool>::default();
        let done = Arc::clone(&complete);
        tokio::spawn(async move {
            let mut sending = Sending {
                context,
                export,
                to,
                rows: 0,
            };
            let all = timeout(LONGEST, sending.send(first)).await.unwrap_or(false);
            let _ = sending.context.finish(false).await;
            done.store(all, Ordering::Release);
            // In this order: who has read to the end may ask for the next file.
            drop(turn);
            drop(sending.to);
            record.ended(sending.rows, all).await;
        });
        Ok(Self { pages, complete })
    }

    /// The bytes of the file, which end with an error where some are missing.
    pub(super) fn bytes(self) -> impl Stream<Item = io::Result<Vec<u8>>> {
        stream::try_unfold(self, |mut download| async move {
            match download.pages.recv().await {
                Some(page) => Ok(Some((page, download))),
                None if download.complete.load(Ordering::Acquire) => Ok(None),
                None => Err(io::Error::other("not all numbers could be read")),
            }
        })
    }
}

/// What reads a page while the one before is sent.
struct Sending {
    context: Arc<TenantContext>,
    export: Export,
    to: mpsc::Sender<Vec<u8>>,
    rows: u64,
}

impl Sending {
    /// Whether all was handed on.
    async fn send(&mut self, first: Vec<Line>) -> bool {
        let mut bytes = csv::header(&self.export.kind().header());
        let mut lines = first;
        loop {
            let last = lines.is_empty();
            bytes.extend(csv::lines(&lines));
            if !bytes.is_empty() && !self.hand_on(std::mem::take(&mut bytes)).await {
                return false;
            }
            if last {
                return true;
            }
            self.rows += lines.len() as u64;
            lines = match self.export.page(&self.context).await {
                Ok(lines) => lines,
                Err(error) => {
                    tracing::error!(%error, "numbers can not be read");
                    return false;
                }
            };
        }
    }

    /// Whether somebody still takes it.
    async fn hand_on(&self, bytes: Vec<u8>) -> bool {
        matches!(timeout(PATIENCE, self.to.send(bytes)).await, Ok(Ok(())))
    }
}
