//! Ends the server when this program ends without doing so.
//!
//! A shell waits on a pipe whose other end only we hold. However we end, by panic or `kill -9`, the
//! kernel closes the pipe, and the shell signals the server. (Linux could signal the server by itself
//! through `PR_SET_PDEATHSIG`, but that is tied to the thread that started it, and needs unsafe code.)

use std::process::{Child, Command, Stdio};

use nix::sys::signal::Signal;

use crate::{
    account::Account,
    error::{Error, doing},
};

/// The shell, and our end of its pipe.
#[derive(Debug)]
pub(crate) struct Watchdog {
    shell: Child,
}

impl Watchdog {
    /// Will send `signal` to the process `server` when this program is gone.
    pub(crate) fn start(account: &Account, server: u32, signal: Signal) -> Result<Self, Error> {
        let name = signal.as_str().trim_start_matches("SIG");
        let mut shell = Command::new("/bin/sh");
        shell
            .args(["-c", "read -r line || kill -s \"$1\" \"$2\"", "sh", name])
            .arg(server.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        account.prepare(&mut shell);
        let shell = shell.spawn().map_err(doing("run", "/bin/sh"))?;
        Ok(Self { shell })
    }
}

impl Drop for Watchdog {
    /// The server has ended in order: without this its number, which may belong to another process by
    /// then, would be signalled.
    fn drop(&mut self) {
        let _ = self.shell.kill();
        let _ = self.shell.wait();
    }
}
