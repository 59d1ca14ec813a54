//! What the platform's operator decides about the work.

use std::sync::Arc;

use mail::Keys;
use transport::{Networks, Secrets, smtp::Relay};
use worker::Shares;

/// What the platform's operator decides.
pub struct Settings {
    /// Where receivers reach this gateway: what links in mail begin with, such as `https://mail.example.com`.
    pub public_url: String,
    /// What links are signed with.
    pub link_keys: Arc<Keys>,
    /// All mail goes out this way, whatever its account's server is.
    pub relay: Option<Relay>,
    /// The passwords of the accounts.
    pub secrets: Secrets,
    /// Where the accounts' servers may be beside the internet.
    pub networks: Networks,
    /// How many messages of one tenant go to servers of its own at once.
    pub shares: Shares,
}
