//! What goes wrong with mail to a recipient, on purpose.

use std::{fmt, sync::Arc, time::Duration};

use super::Reply;

/// When a fault shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// In answer to `RCPT`.
    Recipient,
    /// While the content comes in.
    Content,
    /// The content is there to its last dot, and nothing was kept of it.
    End,
    /// The message is kept, and its sender does not know yet.
    Kept,
}

/// What is done instead of going on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// This is answered. A message whose content is refused is not kept; after a reply in the middle
    /// of the content the connection is closed.
    Answer(Reply),
    /// It takes longer, and goes well.
    Delay(Duration),
    /// The connection is closed without a word.
    Drop,
}

/// A trouble at its moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// When.
    pub at: Moment,
    /// What.
    pub trouble: Trouble,
}

impl Fault {
    /// The recipient is refused for good, as one that does not exist.
    #[must_use]
    pub fn reject() -> Self {
        Self::answer(Moment::Recipient, 550, "5.1.1 no such mailbox")
    }

    /// The recipient is refused for now.
    #[must_use]
    pub fn defer() -> Self {
        Self::answer(Moment::Recipient, 450, "4.2.1 try again later")
    }

    /// The reply of this code and text.
    #[must_use]
    pub fn answer(at: Moment, code: u16, text: &'static str) -> Self {
        let trouble = Trouble::Answer(Reply::new(code, text));
        Self { at, trouble }
    }

    /// A connection that ends there.
    #[must_use]
    pub fn drop(at: Moment) -> Self {
        let trouble = Trouble::Drop;
        Self { at, trouble }
    }

    /// A wait there.
    #[must_use]
    pub fn delay(at: Moment, wait: Duration) -> Self {
        let trouble = Trouble::Delay(wait);
        Self { at, trouble }
    }
}

/// Which fault mail to an address meets, asked anew at each `RCPT`; of several recipients of one
/// message, the first that has a fault of its content brings it.
#[derive(Clone)]
pub struct Script(Arc<Faults>);

type Faults = dyn Fn(&str) -> Option<Fault> + Send + Sync;

impl Script {
    /// What the function says of an address.
    pub fn new(faults: impl Fn(&str) -> Option<Fault> + Send + Sync + 'static) -> Self {
        Self(Arc::new(faults))
    }

    /// By the beginning of the address, so that whoever types it chooses: `reject+…` is refused for
    /// good, `defer+…` for now, `slow+…` is taken after two seconds, and for `drop+…` the connection
    /// ends once the message is kept.
    #[must_use]
    pub fn by_address() -> Self {
        Self::new(|address| match address.split_once('+')?.0 {
            "reject" => Some(Fault::reject()),
            "defer" => Some(Fault::defer()),
            "slow" => Some(Fault::delay(Moment::Recipient, Duration::from_secs(2))),
            "drop" => Some(Fault::drop(Moment::Kept)),
            _ => None,
        })
    }

    pub(super) fn of(&self, address: &str) -> Option<Fault> {
        (self.0)(address)
    }
}

impl Default for Script {
    /// Nothing goes wrong.
    fn default() -> Self {
        Self::new(|_| None)
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Script")
    }
}
