//! Databases inside a server.

use sqlx::{AssertSqlSafe, Connection, Executor};

use crate::{error::Error, server::Server};

impl Server {
    /// Makes an empty database.
    ///
    /// # Errors
    ///
    /// [`Error::Name`] for a name that is empty or longer than 63 bytes, [`Error::Statement`] if there
    /// is one of that name.
    pub async fn create_database(&self, name: &str) -> Result<(), Error> {
        // `template0` never has anybody connected to it, unlike `template1`.
        self.create_database_from_template(name, "template0").await
    }

    /// Makes a copy of the database `template`, to which nobody may be connected meanwhile.
    ///
    /// # Errors
    ///
    /// As [`Server::create_database`].
    pub async fn create_database_from_template(
        &self,
        name: &str,
        template: &str,
    ) -> Result<(), Error> {
        let (name, template) = (quoted(name)?, quoted(template)?);
        self.run(format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .await
    }

    /// Drops a database and ends whoever is connected to it. One that does not exist is no error.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`], for instance while the database is being copied.
    pub async fn drop_database(&self, name: &str) -> Result<(), Error> {
        let name = quoted(name)?;
        self.run(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await
    }

    /// Whether there is a database of that name.
    ///
    /// # Errors
    ///
    /// [`Error::Statement`] if the server does not answer.
    pub async fn has_database(&self, name: &str) -> Result<bool, Error> {
        let mut connection = self.connect("postgres").await?;
        let found =
            sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)")
                .bind(name)
                .fetch_one(&mut connection)
                .await?;
        connection.close().await?;
        Ok(found)
    }

    async fn run(&self, sql: String) -> Result<(), Error> {
        let mut connection = self.connect("postgres").await?;
        connection.execute(AssertSqlSafe(sql)).await?;
        Ok(connection.close().await?)
    }
}

/// An identifier in quotes. PostgreSQL would cut a longer name short and use another database than asked.
fn quoted(name: &str) -> Result<String, Error> {
    if name.is_empty() || name.len() > 63 || name.contains('\0') {
        return Err(Error::Name { name: name.into() });
    }
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}
