//! `gateway serve`.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tenant::Identity;
use tokio::{net::TcpListener, signal::unix};

use super::{CommandError, doctor::examine, print, token};
use crate::{
    Gateway,
    auth::{Claims, TokenKey},
    database::Databases,
    settings::Config,
};

/// How long the tokens printed at the start are valid.
const TOKENS: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn run(config: &Config) -> Result<(), CommandError> {
    // First, so that a taken port is known before a database was started for nothing.
    let listener = listen(config).await?;
    let databases = Databases::open(config).await?;
    let result = serve(config, &databases, listener).await;
    databases.close().await?;
    result
}

async fn listen(config: &Config) -> Result<TcpListener, CommandError> {
    let address = config.listen;
    if !address.ip().is_loopback() && config.token_key.is_none() {
        return Err(CommandError::OpenToAll(address));
    }
    TcpListener::bind(address).await.map_err(|cause| CommandError::Listen { address, cause })
}

async fn serve(config: &Config, databases: &Databases, listener: TcpListener) -> Result<(), CommandError> {
    prepare(databases).await?;
    let inspection = examine(&databases.login).await?;
    for finding in &inspection.findings {
        tracing::error!(%finding, "the database does not isolate tenants");
    }
    if !inspection.findings.is_empty() {
        return Err(CommandError::Unsafe(inspection.findings.len()));
    }
    let key = token::key(config)?;
    let gateway = Arc::new(Gateway::new(&databases.login, key.clone(), config)?);
    let address = listener.local_addr().map_err(CommandError::Serve)?;
    announce(address, databases, &key).await?;
    crate::serve(gateway, listener, config.drain, shutdown()?).await.map_err(CommandError::Serve)?;
    print("stopped");
    Ok(())
}

/// Brings the embedded database up to date; asks that of somebody else for one that was given.
async fn prepare(databases: &Databases) -> Result<(), CommandError> {
    if !databases.is_embedded() {
        return match migrations::pending(&databases.login).await? {
            0 => Ok(()),
            missing => Err(CommandError::Behind(missing)),
        };
    }
    migrations::up(databases.migration()?, None).await?;
    if let Some(admin) = &databases.admin {
        ::seed::demo(admin, chrono::Utc::now()).await?;
    }
    Ok(())
}

/// Completes at Ctrl-C or SIGTERM.
fn shutdown() -> Result<impl Future<Output = ()> + Send + 'static, CommandError> {
    let mut interrupt = unix::signal(unix::SignalKind::interrupt()).map_err(CommandError::Serve)?;
    let mut terminate = unix::signal(unix::SignalKind::terminate()).map_err(CommandError::Serve)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Says where everything is, and whom to sign in as.
async fn announce(address: SocketAddr, databases: &Databases, key: &TokenKey) -> Result<(), CommandError> {
    let base = format!("http://{address}");
    print(format_args!("\n  API       {base}/graphql\n  GraphiQL  {base}/graphiql\n  Schema    {base}/schema.graphql"));
    let demo = match databases.admin.as_deref() {
        Some(admin) => ::seed::demo_accounts(admin).await?,
        None => None,
    };
    let Some(demo) = demo else {
        print("\n  Sign a token with `gateway token --tenant tnt_… --user user_…`. Ctrl-C stops.\n");
        return Ok(());
    };
    for tenant in &demo.tenants {
        print(format_args!("\n  Tenant {}: open a link to be signed in to GraphiQL as that user (valid for a day)", tenant.name));
        for user in &tenant.users {
            let identity = Identity::Member { tenant: tenant.id.into(), user: user.id.into() };
            print(format_args!("    {:<24} {:<8} {base}/graphiql#token={}", user.email, user.roles.join(","), Claims::new(identity, TOKENS).sign(key)));
        }
    }
    let staff = Identity::Staff { user: demo.staff.id.into() };
    print(format_args!("\n  Platform staff\n    {:<24} {:<8} {base}/graphiql#token={}", demo.staff.email, demo.staff.roles.join(","), Claims::new(staff, TOKENS).sign(key)));
    if let Some((tenant, owner)) = demo.tenants.first().and_then(|tenant| Some((tenant, tenant.users.first()?))) {
        let identity = Identity::Member { tenant: tenant.id.into(), user: owner.id.into() };
        let token = Claims::new(identity, TOKENS).sign(key);
        print(format_args!(
            "\n  curl -s {base}/graphql -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' -d '{{\"query\":\"{{ campaigns(first: 3) {{ totalCount nodes {{ name status company {{ name }} }} }} }}\"}}'\n\n  Ctrl-C stops.\n"
        ));
    }
    Ok(())
}
