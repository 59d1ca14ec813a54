//! A PgBouncer in front of the tests' PostgreSQL.

use std::{
    fs,
    net::{Ipv4Addr, TcpListener},
    os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    },
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{net::TcpStream, time::sleep};

use crate::cluster;

/// A pooler of transactions: each has a session of the server for as long as it lasts, and the next one may have another.
/// It is gone with the value.
pub struct Pooler {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Pooler {
    /// One that lends so many sessions of a database.
    pub async fn start(sessions: u32) -> Self {
        // Somebody else may have got the port before it did.
        for _ in 0..5 {
            if let Some(pooler) = Self::on_a_port(sessions).await {
                return pooler;
            }
        }
        panic!("pgbouncer ends at once");
    }

    /// The same, or nothing if it ends at once.
    async fn on_a_port(sessions: u32) -> Option<Self> {
        let folder = tempfile::Builder::new()
            .prefix("gwp")
            .tempdir()
            .expect("a folder");
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let (settings, users) = (folder.path().join("ini"), folder.path().join("users"));
        let server = cluster().await.server.socket_dir().display();
        let text = format!(
            "[databases]\n* = host={server} port=5432\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = trust\nauth_file = {}\npool_mode = transaction\ndefault_pool_size = {sessions}\n\
             ignore_startup_parameters = extra_float_digits\n",
            users.display()
        );
        fs::write(&settings, text).expect("a file");
        fs::write(&users, "\"gateway_login\" \"\"\n").expect("a file");
        // Who serves has the socket for himself, so that is who the pooler is, too; root may not run it in any case.
        let everybody = fs::Permissions::from_mode(0o755);
        fs::set_permissions(folder.path(), everybody).expect("a folder of ours");
        let own = fs::metadata(folder.path()).expect("a folder");
        let owner = fs::metadata(cluster().await.server.socket_dir()).expect("a folder");
        let mut command = Command::new("pgbouncer");
        if owner.uid() != own.uid() {
            command.uid(owner.uid()).gid(owner.gid());
        }
        let process = command
            .arg(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let process = process.expect("pgbouncer runs: `apt-get install pgbouncer`");
        let mut pooler = Self {
            process,
            port,
            _folder: folder,
        };
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .is_err()
        {
            if pooler
                .process
                .try_wait()
                .expect("a child of ours")
                .is_some()
            {
                return None;
            }
            sleep(Duration::from_millis(5)).await;
        }
        Some(pooler)
    }

    /// The login role's way to the databases, by which nothing stays prepared.
    pub fn way(&self) -> String {
        let port = self.port;
        format!("postgres://gateway_login@127.0.0.1:{port}/{{database}}?statement-cache-capacity=0")
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
