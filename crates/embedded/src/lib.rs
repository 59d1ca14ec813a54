//! A PostgreSQL server of our own, run as a child process.
//!
//! For people who have PostgreSQL's binaries but no server to point at: [`Server::start`] finds the
//! binaries, makes a cluster the first time, runs `postgres` on a private Unix socket without TCP,
//! and [`Server::stop`] shuts it down cleanly. What it adds over running `postgres` by hand:
//!
//! - it works as root (the server runs as `postgres` or `nobody`, also where that user cannot walk
//!   to the data folder, such as below `/root`);
//! - no server outlives its program: one is stopped after a panic and after `kill -9`, too
//!   (a watchdog notices the closed pipe), and what slips through is stopped by the next start;
//! - one folder serves one program at a time, and a folder with anything else in it is refused.
//!
//! What lies in a data folder:
//!
//! ```text
//! postgres/              the cluster (what PostgreSQL calls its data directory)
//! postgres.initdb-<pid>/ a cluster in the making; renamed when complete, swept when not
//! postgres.lock          held while a program uses the folder; marks the folder as ours
//! postgres.log           what the server says
//! socket/                the Unix socket, mode 0700
//! socket.path            where the socket is instead, if the path above is too long or out of reach
//! ```
//!
//! Files of the caller may lie beside these once the server was started in the folder, and before if
//! [`Options::callers_files`] names them.
//!
//! What may not be in here: HTTP, GraphQL, tenants, migrations, roles. The caller makes those over
//! [`Server::superuser_url`]. Nor a download of binaries: the crate that does it brings a second
//! crypto backend (`ring`) and archive formats, for what one line of a package manager does.
//!
//! To look for binaries in one more place, add it to `candidates` in `binaries.rs`. To start the
//! server with one more setting, add it to `defaults` in `settings.rs` (a caller may replace it) or to
//! `enforced` (nobody may).

mod account;
mod binaries;
mod cluster;
mod database;
mod door;
mod error;
mod home;
mod launch;
mod lock;
mod log;
mod orphan;
mod running;
mod server;
mod settings;
mod socket;
mod url;
mod watchdog;

pub use error::Error;
pub use home::has_cluster;
pub use running::Running;
pub use server::Server;
pub use settings::{Durability, Options};

/// The oldest major version of PostgreSQL that is accepted.
pub const OLDEST_MAJOR: u32 = 15;

/// The superuser of a cluster made here. There is no password: whoever may open the folder of the
/// socket is let in.
pub const SUPERUSER: &str = "postgres";

/// The environment variable that error messages name for the data folder.
pub const DATA_DIR_VARIABLE: &str = "GATEWAY_DATA_DIR";

/// The environment variable that error messages name for the folder of the binaries.
pub const BINARIES_VARIABLE: &str = "GATEWAY_POSTGRES_BIN";
