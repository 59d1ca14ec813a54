//! A server that still runs in a cluster nobody holds.

use std::{fs, io, path::Path, process::Command, time::Duration};

use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::time::{Instant, sleep};

use crate::{error::Error, home::Home, lock::Lock};

/// Stops the server that a killed program of ours left behind; refuses to touch one that somebody
/// started by hand.
pub(crate) async fn clear(home: &Home, lock: &Lock) -> Result<(), Error> {
    let cluster = home.cluster();
    let Some(pid) = running_server(&cluster) else {
        return Ok(());
    };
    if lock.previous_server != Some(pid.as_raw()) {
        return Err(Error::InUse {
            dir: home.dir().into(),
            pid: pid.as_raw(),
        });
    }
    tracing::info!(%pid, "stopping the PostgreSQL server of a program that was killed");
    for (signal, patience) in [(Signal::SIGINT, 30), (Signal::SIGQUIT, 10)] {
        // An error means that it has ended meanwhile, which the wait below sees.
        let _ = kill(pid, signal);
        if ended_within(&cluster, pid, Duration::from_secs(patience)).await {
            return Ok(());
        }
    }
    Err(Error::StillRunning { pid: pid.as_raw() })
}

async fn ended_within(cluster: &Path, pid: Pid, patience: Duration) -> bool {
    let deadline = Instant::now() + patience;
    while Instant::now() < deadline {
        if running_server(cluster) != Some(pid) {
            return true;
        }
        sleep(Duration::from_millis(20)).await;
    }
    false
}

/// The process that `postmaster.pid` names, if it lives and is a server of this cluster. After a crash
/// the file names a process that is gone, or a stranger with the same number.
fn running_server(cluster: &Path) -> Option<Pid> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let pid = Pid::from_raw(text.lines().next()?.trim().parse().ok()?);
    let alive = matches!(kill(pid, None), Ok(()) | Err(Errno::EPERM));
    (alive && serves(pid, cluster)).then_some(pid)
}

/// Whether the process is a `postgres` in this cluster, which it has as its working directory.
fn serves(pid: Pid, cluster: &Path) -> bool {
    if !Path::new("/proc/self").exists() {
        return command_name(pid).contains("postgres");
    }
    match fs::read_link(format!("/proc/{pid}/cwd")) {
        Ok(folder) => folder == cluster,
        // Another user's process: its name is all there is to see.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name == "postgres\n")
        }
        // Gone, or dead and not yet collected by its parent.
        Err(_) => false,
    }
}

/// Where there is no `/proc`.
fn command_name(pid: Pid) -> String {
    Command::new("ps")
        .args(["-o", "comm=", "-p", &pid.to_string()])
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default()
}
