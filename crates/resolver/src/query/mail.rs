//! Messages and what is attached to them.

mod search;

use search::{MessageSearch, Search, SearchArguments};

use crate::{
    argument::{ConnectionArguments, IdArgument},
    audience::root,
    connection::Connection,
    loader::{all, find},
    object::{attachment::Attachment, email_message::EmailMessage},
};

root! {
    /// What can be asked.
    pub object Mail(()) {
        /// A message by its id.
        message(IdArgument<EmailMessage>): Option<EmailMessage> = |_row| Some(()) -> find::<EmailMessage>(),
        /// The tenant's messages: those that were sent, are to be sent, and came.
        messages(ConnectionArguments<EmailMessage>): Connection<EmailMessage> = |_row| Some(()) -> all::<EmailMessage>(),
        /// The messages whose subject or body has these words, best first.
        search_messages(SearchArguments): MessageSearch = |_row| Some(()) -> Search,
        /// A file that is attached to a message, by its id.
        attachment(IdArgument<Attachment>): Option<Attachment> = |_row| Some(()) -> find::<Attachment>(),
        /// The files that are attached to the tenant's messages.
        attachments(ConnectionArguments<Attachment>): Connection<Attachment> = |_row| Some(()) -> all::<Attachment>(),
    }
}
