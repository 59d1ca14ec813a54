//! What becomes of a message's content: kept, or what its script says.

use std::{io, time::Duration};

use chrono::Utc;
use tokio::time::sleep;

use super::{
    Moment, Received, Reply, Trouble,
    connection::{Connection, Reading},
    session::{Step, Transaction, too_large},
};

impl Connection<'_> {
    /// What follows from the content so far; `None` to wait for more of it.
    pub(super) async fn content(&mut self, whole: bool) -> io::Result<Option<Step>> {
        if let Some(trouble) = self.trouble(Moment::Content) {
            match trouble {
                Trouble::Answer(reply) => return Ok(Some(Step::Close(Some(reply)))),
                Trouble::Drop => return Ok(Some(Step::Close(None))),
                Trouble::Delay(wait) => self.pause(wait).await?,
            }
        }
        if !whole {
            return Ok(None);
        }
        let reading = std::mem::replace(&mut self.reading, Reading::Commands);
        let step = match reading {
            Reading::Content(content) => match content.whole() {
                Some(bytes) => self.whole(bytes).await?,
                None => Step::Say(too_large()),
            },
            Reading::Commands | Reading::Line(..) => Step::Close(None),
        };
        self.session.transaction = None;
        Ok(Some(step))
    }

    /// Keeps the message, unless its script says otherwise.
    async fn whole(&mut self, bytes: Vec<u8>) -> io::Result<Step> {
        match self.trouble(Moment::End) {
            Some(Trouble::Answer(reply)) => return Ok(Step::Say(reply)),
            Some(Trouble::Drop) => return Ok(Step::Close(None)),
            Some(Trouble::Delay(wait)) => self.pause(wait).await?,
            None => {}
        }
        let after = self.trouble(Moment::Kept);
        let transaction = self.session.transaction.take().unwrap_or_default();
        if let Err(error) = self.keep.keep(self.received(transaction, bytes)).await {
            tracing::error!(error = %error, "a message could not be kept");
            return Ok(Step::Say(Reply::new(451, "4.3.0 it could not be kept")));
        }
        let kept = Reply::done("2.6.0 kept");
        Ok(match after {
            None => Step::Say(kept),
            Some(Trouble::Answer(reply)) => Step::Say(reply),
            Some(Trouble::Delay(wait)) => Step::Wait(wait, kept),
            Some(Trouble::Drop) => Step::Close(None),
        })
    }

    fn received(&self, transaction: Transaction, bytes: Vec<u8>) -> Received {
        Received {
            at: Utc::now(),
            from: transaction.from,
            to: transaction.to,
            bytes,
            encrypted: self.session.encrypted,
            user: self.session.user.clone(),
        }
    }

    /// What the script has for this moment.
    fn trouble(&self, at: Moment) -> Option<Trouble> {
        let fault = self.session.transaction.as_ref()?.fault.as_ref()?;
        (fault.at == at).then(|| fault.trouble.clone())
    }

    async fn pause(&mut self, wait: Duration) -> io::Result<()> {
        self.flush().await?;
        sleep(wait).await;
        Ok(())
    }
}
