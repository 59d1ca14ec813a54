//! The content of a message, without its dot-stuffing (RFC 5321, section 4.5.2).

use std::slice::Iter;

use smtp_proto::request::receiver::{DataReceiver, DummyDataReceiver};

/// The content of a message, as far as it has come.
pub(super) struct Content {
    receiver: DataReceiver,
    bytes: Vec<u8>,
    /// Reads on, and keeps nothing, once it is too large.
    beyond: Option<DummyDataReceiver>,
}

impl Content {
    pub(super) fn new() -> Self {
        let mut receiver = DataReceiver::new();
        // The end of the line of DATA counts: a dot may be the first thing that comes.
        receiver.ingest(&mut b"\r\n".iter(), &mut Vec::new());
        Self {
            receiver,
            bytes: Vec::new(),
            beyond: None,
        }
    }

    /// True once the last dot has come.
    pub(super) fn ingest(&mut self, bytes: &mut Iter<'_, u8>, max_bytes: usize) -> bool {
        if let Some(beyond) = &mut self.beyond {
            return beyond.ingest(bytes);
        }
        let whole = self.receiver.ingest(bytes, &mut self.bytes);
        if self.bytes.len() > max_bytes {
            self.beyond = Some(DummyDataReceiver::new_data(&self.receiver));
            self.bytes = Vec::new();
        }
        whole
    }

    /// What came between the command and the last dot; `None` if it was too large.
    pub(super) fn whole(self) -> Option<Vec<u8>> {
        self.beyond.is_none().then_some(self.bytes)
    }
}
