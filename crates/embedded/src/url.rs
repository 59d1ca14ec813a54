//! Connection strings for a Unix socket.

use std::{fmt::Write, path::Path};

use crate::socket::PORT;

/// `postgres:///database?host=/folder&port=5432&user=role`, as sqlx, SeaORM and libpq read it. The port
/// is said, or else `PGPORT` of the environment would count.
pub(crate) fn socket_url(socket_dir: &Path, role: &str, database: &str) -> String {
    format!(
        "postgres:///{}?host={}&port={PORT}&user={}",
        percent(database.as_bytes()),
        percent(socket_dir.as_os_str().as_encoded_bytes()),
        percent(role.as_bytes()),
    )
}

/// Percent-encodes all but what RFC 3986 calls unreserved, and `/`, which a query may hold.
fn percent(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                text.push(byte.into());
            }
            _ => write!(text, "%{byte:02X}").expect("a String takes every write"),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use sqlx::postgres::PgConnectOptions;

    use super::*;

    #[test]
    fn the_driver_reads_back_what_was_written() {
        let dir = Path::new("/run/a b&c=d%e#f/ü?");
        let url = socket_url(dir, "rôle & co", "data+base #1");
        let options = PgConnectOptions::from_str(&url).expect("a URL");
        assert_eq!(options.get_socket().map(|path| path.as_path()), Some(dir));
        assert_eq!(options.get_username(), "rôle & co");
        assert_eq!(options.get_database(), Some("data+base #1"));
        assert_eq!(options.get_port(), PORT);
    }
}
