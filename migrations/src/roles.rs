//! The roles, which belong to the whole server rather than to one database.
//!
//! Making them needs a superuser or `CREATEROLE` with the database's ownership, which migrating
//! does not; so it is a step of its own, before the first migration and whenever a database is new.

use crate::{Error, history::options};
use sea_orm_migration::sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, RuntimeErr, Statement,
    TransactionTrait, sqlx::postgres::PgConnectOptions,
};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// Passwords of the roles that log in; `None` leaves a role's as it is (none at first, which is
/// right for a server that trusts its own socket).
#[derive(Debug, Clone, Default)]
pub struct Passwords {
    /// Of `gateway_login`.
    pub login: Option<SecretString>,
    /// Of `gateway_migrator`.
    pub migrator: Option<SecretString>,
}

/// Makes the roles, corrects what differs, and grants them what they need in the URL's database.
///
/// `admin_url` is that of a superuser, or of the database's owner with `CREATEROLE`. May run any
/// number of times and at the same time from several databases of one server.
///
/// # Errors
/// When the database is not reached, or the user may not make roles.
pub async fn prepare_roles(admin_url: &str, passwords: &Passwords) -> Result<(), Error> {
    let admin = Database::connect(options(admin_url))
        .await
        .map_err(Error::Connect)?;
    let mut attempts = 0;
    while let Err(error) = prepare(&admin, passwords).await {
        attempts += 1;
        if attempts == 20 || !is_race(&error) {
            return Err(error.into());
        }
        tokio::time::sleep(Duration::from_millis(10 * attempts)).await;
    }
    admin.close().await?;
    Ok(())
}

/// Makes the database that `admin_url` names, if there is none; asked by way of the server's database `postgres`.
///
/// # Errors
/// When the server is not reached, or the user may not make databases.
pub async fn make_database(admin_url: &str) -> Result<(), Error> {
    let there = Database::connect(options(admin_url)).await;
    let missing = match there {
        Ok(connection) => return Ok(connection.close().await?),
        Err(error) if is_absent(&error) => error,
        Err(error) => return Err(Error::Connect(error)),
    };
    let wanted: PgConnectOptions = admin_url.parse().map_err(|_| Error::Connect(missing))?;
    let name = wanted.get_database().unwrap_or_default().to_owned();
    let mut beside = options(admin_url);
    beside.map_sqlx_postgres_opts(|options| options.database("postgres"));
    let admin = Database::connect(beside).await.map_err(Error::Connect)?;
    // An identifier's quote is doubled within it.
    let create = format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\""));
    let made = admin.execute_unprepared(&create).await;
    admin.close().await?;
    match made {
        // Made in the meantime by another run.
        Err(error) if error.to_string().contains("already exists") => Ok(()),
        other => Ok(other.map(drop)?),
    }
}

/// There is no database of that name (3D000).
fn is_absent(error: &DbErr) -> bool {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error)) => error
            .as_database_error()
            .and_then(|error| error.code())
            .is_some_and(|code| code == "3D000"),
        _ => false,
    }
}

/// Two databases may change one role, or add one membership, at the same instant: no lock spans
/// databases, and PostgreSQL has no code of its own for it.
fn is_race(error: &DbErr) -> bool {
    let message = error.to_string();
    message.contains("concurrently updated") || message.contains("duplicate key value")
}

async fn prepare(admin: &DatabaseConnection, passwords: &Passwords) -> Result<(), DbErr> {
    let run = admin.begin().await?;
    run.execute_unprepared(include_str!("roles.sql")).await?;
    let passwords = [
        ("gateway_login", &passwords.login),
        ("gateway_migrator", &passwords.migrator),
    ];
    for (role, password) in passwords {
        if let Some(password) = password {
            set_password(&run, role, password).await?;
        }
    }
    run.commit().await
}

/// `ALTER ROLE` takes no parameters, so the server quotes the password for us.
async fn set_password(
    run: &impl ConnectionTrait,
    role: &str,
    password: &SecretString,
) -> Result<(), DbErr> {
    let quote = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT format('ALTER ROLE %I PASSWORD %L', $1::text, $2::text) AS sql",
        [role.into(), password.expose_secret().into()],
    );
    if let Some(row) = run.query_one_raw(quote).await? {
        let sql: String = row.try_get("", "sql")?;
        run.execute_unprepared(&sql).await?;
    }
    Ok(())
}
