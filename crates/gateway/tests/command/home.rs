//! A folder to run the binary in, and what it did there.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use embedded::Running;
use tempfile::TempDir;
use tokio::{process::Command, sync::OnceCell, time::timeout};

use crate::serving::{PATIENCE, Serving};

/// A working folder of a test's own. Nothing of the caller's environment reaches the binary but the
/// search path, and the database is in `.gateway` unless the test says otherwise.
pub struct Home {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// A command that has ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit status; `None` after a signal.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Home {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("gw")
            .tempdir()
            .expect("a folder");
        Self {
            folder,
            environment: Vec::new(),
        }
        .with("GATEWAY_LISTEN", "127.0.0.1:0")
    }

    /// A folder with the embedded database, made by an earlier `gateway serve`.
    pub async fn with_data() -> Self {
        static FIRST: OnceCell<Home> = OnceCell::const_new();
        let first = FIRST.get_or_init(|| async {
            let home = Self {
                folder: crate::cluster::swept("data"),
                environment: Vec::new(),
            };
            let home = home.with("GATEWAY_LISTEN", "127.0.0.1:0");
            let ended = home.serve(&[]).await.stop("TERM").await;
            assert_eq!(ended.code, Some(0), "{ended:?}");
            home
        });
        let home = Self::new();
        let mut copy = Command::new("cp");
        copy.arg("-a").arg(first.await.data()).arg(home.data());
        assert!(copy.status().await.expect("cp runs").success());
        home
    }

    /// Sets a variable of the environment.
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    /// Takes a variable of the environment away.
    pub fn without(mut self, name: &str) -> Self {
        self.environment.retain(|(known, _)| known != name);
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The default data folder.
    pub fn data(&self) -> PathBuf {
        self.path().join(".gateway")
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).expect("a file is written");
    }

    /// The superuser's URL of the embedded database, while a gateway runs it.
    pub fn admin_url(&self) -> String {
        let running = Running::find(&self.data()).expect("a folder that can be read");
        running.expect("a running server").superuser_url("gateway")
    }

    /// A process that is about to run in the folder.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .current_dir(self.path())
            .kill_on_drop(true);
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs `gateway` with these arguments to its end.
    pub async fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = self.command(env!("CARGO_BIN_EXE_gateway"));
        Ended::of(command.args(arguments)).await
    }

    /// Runs a line of shell to its end.
    pub async fn shell(&self, line: &str) -> Ended {
        Ended::of(self.command("/bin/sh").arg("-c").arg(line)).await
    }

    /// Starts `gateway serve`, and waits until it says that it is ready.
    pub async fn serve(&self, arguments: &[&str]) -> Serving {
        let mut serving = self.start(arguments);
        serving.ready().await;
        serving
    }

    /// Starts `gateway serve` without waiting.
    pub fn start(&self, arguments: &[&str]) -> Serving {
        let mut command = self.command(env!("CARGO_BIN_EXE_gateway"));
        Serving::of(command.arg("serve").args(arguments))
    }
}

impl Ended {
    async fn of(command: &mut Command) -> Self {
        let output = timeout(PATIENCE, command.output()).await;
        let output = output.expect("it ends").expect("the program runs");
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Standard output of a command that must have succeeded.
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.stdout
    }

    /// The one sentence of a command that must have failed before it did anything.
    pub fn sentence(self) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (Some(1), ""), "{self:?}");
        let line = self
            .stderr
            .strip_prefix("error: ")
            .and_then(|line| line.strip_suffix('\n'));
        let line = line.unwrap_or_else(|| panic!("no sentence: {self:?}"));
        assert!(!line.contains('\n'), "{line}");
        line.to_owned()
    }
}
