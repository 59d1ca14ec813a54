//! The content tier: mail, as it was sent and as it came.
//!
//! Ids of the transactional tier are kept as they are; no key crosses databases.

pub mod attachment;
pub mod email_content;
pub mod email_message;
pub mod mailbox;
pub mod message_event;
pub mod received_mail;
