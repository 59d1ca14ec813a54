//! The program: found, started, and ended with the test.

use std::{
    fs,
    io::Write,
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use nix::unistd::{Gid, Group, Uid, User, geteuid};
use tokio::{io::AsyncReadExt, net::TcpStream, time::sleep};

const INSTALL: &str = "`apt-get install dovecot-imapd dovecot-submissiond`";

/// How long the server may take to start or end, looked at this often.
const LOOKS: usize = 500;
const PAUSE: Duration = Duration::from_millis(20);

/// Ends the server at a line of its input or at the end of it, which is where the test's process has died,
/// too; that takes a second, which no test waits for. Then another line keeps the folder.
const SCRIPT: &str = "exec 3<&0; dovecot -F -c \"$0/dovecot.conf\" 3<&- & server=$!; \
                      { read -r end <&3; kill \"$server\"; } & \
                      wait \"$server\" || exit 1; \
                      read -r keep <&3 || rm -r \"$0\"";

pub(crate) struct Process {
    shell: Child,
}

/// Fails with what to install.
pub(crate) fn check() {
    let told = command("dovecot").arg("--version").output();
    let told = told.unwrap_or_else(|error| panic!("Dovecot does not run ({error}): {INSTALL}"));
    let version = String::from_utf8_lossy(&told.stdout);
    // 2.4 has other settings.
    assert!(
        version.starts_with("2.3."),
        "Dovecot is {version}, and 2.3 is wanted: {INSTALL} on Debian 12"
    );
}

/// Whom the server runs as: root has others do it.
pub(crate) fn account() -> (User, Group) {
    let (user, group) = if geteuid().is_root() {
        (User::from_name("nobody"), Group::from_name("nogroup"))
    } else {
        let group = Group::from_gid(Gid::effective());
        (User::from_uid(Uid::effective()), group)
    };
    let known = "an account of this machine";
    (
        user.ok().flatten().expect(known),
        group.ok().flatten().expect(known),
    )
}

/// Makes a file or folder the server's.
pub(crate) fn give(path: &Path) {
    let (user, group) = account();
    let given = chown(path, Some(user.uid.as_raw()), Some(group.gid.as_raw()));
    given.expect("a file of ours");
}

/// What the server has said.
pub(crate) fn log(folder: &Path) -> String {
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    format!("{}{}", read("log"), read("errors"))
}

fn command(program: &str) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(program);
    // Where Debian has it, and where not everybody looks.
    command.env("PATH", format!("{path}:/usr/sbin"));
    command
}

impl Process {
    /// Starts the server; `None` if it ends at once, as it does where somebody has its ports.
    pub(crate) async fn start(folder: &Path, port: u16) -> Option<Self> {
        let errors = fs::File::create(folder.join("errors")).expect("a file of ours");
        let mut shell = command("sh");
        shell.args(["-c", SCRIPT]).arg(folder);
        if geteuid().is_root() {
            let (user, group) = account();
            shell.uid(user.uid.as_raw()).gid(group.gid.as_raw());
        }
        let spawned = shell
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(errors)
            .spawn();
        let mut process = Self {
            shell: spawned.expect("a shell"),
        };
        for _ in 0..LOOKS {
            if process.shell.try_wait().expect("a child").is_some() {
                return None;
            }
            if greets(port).await {
                return Some(process);
            }
            sleep(PAUSE).await;
        }
        None
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.shell.try_wait().is_ok_and(|ended| ended.is_some())
    }

    /// Ends the server, and waits until it has.
    pub(crate) fn end(&mut self) {
        let input = self.shell.stdin.as_mut().expect("a shell that reads");
        input.write_all(b"end\nkeep\n").expect("a shell that reads");
        self.shell.wait().expect("a child");
    }
}

async fn greets(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await else {
        return false;
    };
    let mut greeting = [0; 4];
    stream.read_exact(&mut greeting).await.is_ok() && &greeting == b"* OK"
}
