//! Databases without a table.

use gateway_tests::cluster;
use migrations::Passwords;
use sqlx::{Connection, PgConnection};

/// A database with roles and no tables.
pub(super) struct Fresh {
    /// As the superuser.
    pub(super) admin: String,
    /// As the role that migrates.
    pub(super) migrator: String,
}

impl Fresh {
    /// Makes the database of that name in the tests' server.
    pub(super) async fn new(name: &str) -> Self {
        let server = &cluster().await.server;
        server.create_database(name).await.expect("a database");
        let (admin, migrator) = (
            server.superuser_url(name),
            server.url("gateway_migrator", name),
        );
        migrations::prepare_roles(&admin, &Passwords::default())
            .await
            .expect("roles");
        Self { admin, migrator }
    }

    pub(super) async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.admin)
            .await
            .expect("a connection")
    }
}
