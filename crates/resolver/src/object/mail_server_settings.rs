//! How an account reaches its mail server, out of `imap_settings` and `smtp_settings`.

use std::sync::Arc;

use serde_json::Value;

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
pub(super) fn mail_server_settings(stored: Option<&Value>) -> Option<Arc<MailServerSettingsRow>> {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::mail_server_settings;

    #[test]
    fn a_setting_of_another_type_is_absent() {
        let stored = json!({"host": "mail.example.test", "port": "993", "security": ["tls"], "username": "u"});
        let settings = mail_server_settings(Some(&stored)).expect("it is an object");
        assert_eq!(settings.host.as_deref(), Some("mail.example.test"));
        assert_eq!(settings.port, None);
        assert_eq!(settings.security, None);
        assert_eq!(settings.username.as_deref(), Some("u"));
    }

    #[test]
    fn settings_that_are_no_object_are_none() {
        assert!(mail_server_settings(None).is_none());
        assert!(mail_server_settings(Some(&json!("imap://mail.example.test"))).is_none());
    }
}
