//! A mail server of somebody else for tests: Dovecot, with one user, in a folder of its own.
//!
//! It is reached by IMAP and by submission, in clear and behind TLS, on loopback alone; what is
//! submitted goes on to the address that the test names. It runs as whoever runs the test, or as
//! `nobody` for root, and ends with [`Dovecot`] and with the test's process.
//!
//! What may not be in here: an assertion about what is tested.
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that can not be set up fails"
)]

mod configuration;
mod maildir;
mod process;

use std::{net::SocketAddr, path::PathBuf};

use configuration::{Configuration, Ports};
use process::Process;

/// The only user.
pub const USER: &str = "ann";
/// Her password.
pub const PASSWORD: &str = "secret";
/// The name that the certificate is for; it is `127.0.0.1`.
pub const HOST: &str = "localhost";

/// How often other ports are tried, where somebody else has taken one in between.
const ATTEMPTS: usize = 5;

/// A server that runs.
pub struct Dovecot {
    process: Process,
    ports: Ports,
    authority: String,
    folder: PathBuf,
}

impl Dovecot {
    /// Starts one that hands on what is submitted to the SMTP server at `relay`.
    pub async fn start(relay: Option<SocketAddr>) -> Self {
        process::check();
        let folder = tempfile::Builder::new().prefix("gwdove").tempdir();
        // Removed when the server has ended.
        let folder = folder.expect("a temporary folder").keep();
        process::give(&folder);
        let configuration = Configuration::new(&folder, relay);
        for _ in 0..ATTEMPTS {
            let ports = Ports::free();
            configuration.write(&ports);
            if let Some(process) = Process::start(&folder, ports.imap).await {
                return Self {
                    process,
                    ports,
                    authority: configuration.authority,
                    folder,
                };
            }
        }
        panic!("Dovecot does not start: {}", process::log(&folder));
    }

    /// Ends it; what is delivered lies there until [`Dovecot::resume`].
    pub fn pause(&mut self) {
        self.process.end();
    }

    /// Starts it again, on the same ports.
    pub async fn resume(&mut self) {
        let started = Process::start(&self.folder, self.ports.imap).await;
        self.process = started.expect("the ports are free still");
    }

    /// The port of IMAP; TLS begins by STARTTLS.
    #[must_use]
    pub fn imap(&self) -> u16 {
        self.ports.imap
    }

    /// The port of IMAP behind TLS.
    #[must_use]
    pub fn imaps(&self) -> u16 {
        self.ports.imaps
    }

    /// The port of submission; TLS begins by STARTTLS.
    #[must_use]
    pub fn submission(&self) -> u16 {
        self.ports.submission
    }

    /// The port of submission behind TLS.
    #[must_use]
    pub fn submissions(&self) -> u16 {
        self.ports.submissions
    }

    /// The certificate that a client has to trust, as PEM.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    fn inbox(&self) -> PathBuf {
        self.folder.join("mail").join(USER)
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        if self.process.has_ended() {
            // A folder that is left is no failure of a test.
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}
