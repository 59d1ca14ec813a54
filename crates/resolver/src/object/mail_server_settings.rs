//! How an account reaches its mail server, out of `imap_settings` and `smtp_settings`.

use std::sync::Arc;

use super::prelude::*;

/// What may be shown of the settings.
pub struct MailServerSettingsRow {
    host: Option<String>,
    port: Option<i32>,
    security: Option<String>,
    username: Option<String>,
}

rows::object! {
    /// How an account reaches a mail server; credentials are never shown.
    pub object MailServerSettings(MailServerSettingsRow) {
        /// The server's name.
        host: Option<String>,
        /// The server's port.
        port: Option<i32>,
        /// How the connection is protected, as the platform wrote it down.
        security: Option<String>,
        /// The name that the account signs in with.
        username: Option<String>,
    }
}

/// Takes these four out of the stored settings and leaves all else behind: it may be secret.
pub(super) fn mail_server_settings(stored: Option<&Json>) -> Option<Arc<MailServerSettingsRow>> {
    let settings = stored?.as_object()?;
    let text = |key| settings.get(key)?.as_str().map(str::to_owned);
    Some(Arc::new(MailServerSettingsRow {
        host: text("host"),
        port: settings
            .get("port")
            .and_then(|port| i32::try_from(port.as_i64()?).ok()),
        security: text("security"),
        username: text("username"),
    }))
}
