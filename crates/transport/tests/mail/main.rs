//! Real sockets on loopback, real servers of others, and what goes wrong on purpose.

mod certificate;
mod front;
mod imap;
mod relayed;
mod sink;
mod smtp;
mod talk;
