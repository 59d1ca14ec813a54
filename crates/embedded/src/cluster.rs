//! Makes the cluster.
//!
//! Its encoding is UTF-8. Text sorts by code point (`C`), which every machine has, which is the
//! same on all of them, and which an upgrade of the C library cannot change under an index. Letters
//! are classified by `C.UTF-8`, so that `lower('É')` works; systems that lack it get `C`, where
//! only ASCII has case.

use std::{
    fs::{self, DirBuilder, File},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::Stdio,
};

use crate::{
    SUPERUSER,
    account::Account,
    binaries::Binaries,
    door::Door,
    error::{Error, doing},
    home::Home,
    log,
    settings::Durability,
};

const CHARACTER_TYPES: [&str; 2] = ["C.UTF-8", "C"];

/// Makes the cluster beside its place and moves it there when it is complete, so that an interrupted
/// `initdb` never looks like data.
pub(crate) async fn make(
    home: &Home,
    account: &Account,
    binaries: &Binaries,
    durability: Durability,
) -> Result<(), Error> {
    sweep(home);
    tracing::info!(
        "making the database in {} (the first start takes a few seconds)",
        home.dir().display()
    );
    let draft = home
        .dir()
        .join(format!("postgres.initdb-{}", std::process::id()));
    let mut made = Ok(());
    for character_type in CHARACTER_TYPES {
        made = initdb(&draft, account, binaries, durability, character_type).await;
        match &made {
            Err(Error::Initdb { output }) if output.contains("invalid locale name") => {}
            _ => break,
        }
    }
    if let Err(error) = made {
        // The error is what matters; the next start sweeps again.
        let _ = fs::remove_dir_all(&draft);
        return Err(error);
    }
    let cluster = home.cluster();
    fs::rename(&draft, &cluster).map_err(doing("rename the new cluster to", &cluster))?;
    File::open(home.dir())
        .and_then(|dir| dir.sync_all())
        .map_err(doing("sync", home.dir()))
}

async fn initdb(
    draft: &Path,
    account: &Account,
    binaries: &Binaries,
    durability: Durability,
    character_type: &str,
) -> Result<(), Error> {
    make_folder(draft, account)?;
    let program = binaries.program("initdb");
    let (mut command, cluster) = Door::open(&program, draft, account)?.into_parts();
    command.arg("-D").arg(cluster).args([
        "--encoding=UTF8",
        "--locale=C",
        &format!("--lc-ctype={character_type}"),
        &format!("--username={SUPERUSER}"),
        // Nobody but us can open the folder of the socket, and there is no TCP.
        "--auth-local=trust",
        "--auth-host=reject",
        "--no-instructions",
    ]);
    if durability == Durability::Scratch {
        command.arg("--no-sync");
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = tokio::process::Command::from(command)
        .kill_on_drop(true)
        .output()
        .await
        .map_err(doing("run", &program))?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Initdb {
        output: log::last_lines(&String::from_utf8_lossy(&output.stderr)),
    })
}

fn make_folder(draft: &Path, account: &Account) -> Result<(), Error> {
    if draft.exists() {
        fs::remove_dir_all(draft).map_err(doing("remove", draft))?;
    }
    DirBuilder::new()
        .mode(0o700)
        .create(draft)
        .map_err(doing("create", draft))?;
    account.own(draft)
}

/// Removes what interrupted runs left. We hold the lock: nobody is at work on them.
fn sweep(home: &Home) {
    let Ok(entries) = fs::read_dir(home.dir()) else {
        return;
    };
    let drafts: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.to_string_lossy().contains("/postgres.initdb-"))
        .collect();
    for draft in drafts {
        if let Err(error) = fs::remove_dir_all(&draft) {
            tracing::warn!(path = %draft.display(), %error, "cannot remove an unfinished cluster");
        }
    }
}
