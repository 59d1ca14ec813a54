//! A `gateway serve` that runs.

use std::{
    process::Stdio,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader},
    process::{Child, Command},
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::home::Ended;

/// Longer than anything takes on a busy machine; only a test that fails waits for it.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A running gateway and what it printed so far.
pub struct Serving {
    child: Child,
    stdout: Printed,
    stderr: Printed,
    /// `http://127.0.0.1:<port>`, once it is ready.
    pub base: String,
}

struct Printed {
    text: Arc<Mutex<String>>,
    reader: JoinHandle<()>,
}

impl Serving {
    pub fn of(command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let stdout = Printed::read(child.stdout.take().expect("a pipe"));
        let stderr = Printed::read(child.stderr.take().expect("a pipe"));
        Self {
            child,
            stdout,
            stderr,
            base: String::new(),
        }
    }

    /// Waits for the last line of the announcement.
    pub async fn ready(&mut self) {
        self.until("Ctrl-C stops.", &self.stdout).await;
        let text = self.announced();
        let line = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("API "));
        let url = line.expect("the API's address").trim();
        self.base = url.strip_suffix("/graphql").expect("its path").to_owned();
    }

    /// What it printed on standard output.
    pub fn announced(&self) -> String {
        self.stdout.text()
    }

    /// Waits for words on standard output.
    pub async fn printed(&self, words: &str) {
        self.until(words, &self.stdout).await;
    }

    /// Waits for a word of the log, and answers with the log.
    pub async fn logged(&self, word: &str) -> String {
        self.until(word, &self.stderr).await
    }

    async fn until(&self, word: &str, printed: &Printed) -> String {
        let seen = async {
            while !printed.text().contains(word) {
                assert!(
                    !printed.reader.is_finished() || printed.text().contains(word),
                    "it ended: {}",
                    self.stderr.text()
                );
                sleep(Duration::from_millis(5)).await;
            }
            printed.text()
        };
        let seen = timeout(PATIENCE, seen).await;
        seen.unwrap_or_else(|_| {
            panic!(
                "no {word:?} in: {}{}",
                self.stdout.text(),
                self.stderr.text()
            )
        })
    }

    /// The token printed in the `index`th row of a user.
    pub fn token(&self, email: &str, index: usize) -> String {
        let text = self.announced();
        let rows = text.lines().filter(|line| line.trim().starts_with(email));
        let row = rows
            .skip(index)
            .find_map(|line| line.split_whitespace().last());
        row.expect("a row of the user").to_owned()
    }

    /// Posts an operation.
    pub fn post(&self, token: &str, query: &str) -> reqwest::RequestBuilder {
        let request = reqwest::Client::new().post(format!("{}/graphql", self.base));
        request.bearer_auth(token).json(&json!({ "query": query }))
    }

    /// Posts an operation that must succeed; its data.
    pub async fn data(&self, token: &str, query: &str) -> Value {
        let answer = self.post(token, query).send().await.expect("an answer");
        let body: Value = answer.json().await.expect("JSON");
        assert!(body.get("errors").is_none(), "{body:#}");
        body["data"].clone()
    }

    /// What the kernel says of the process.
    pub fn status(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()));
        status.expect("it runs, on Linux")
    }

    fn pid(&self) -> u32 {
        self.child.id().expect("it was not waited for")
    }

    /// Sends a signal by its name, such as `TERM`.
    pub async fn signal(&self, name: &str) {
        let pid = self.pid();
        let line = format!("kill -{name} {pid}");
        let sent = Command::new("/bin/sh").args(["-c", &line]).status().await;
        assert!(sent.expect("a shell").success());
    }

    /// Waits for its end.
    pub async fn end(mut self) -> Ended {
        let status = timeout(PATIENCE, self.child.wait())
            .await
            .expect("it ends")
            .expect("a status");
        for printed in [&mut self.stdout, &mut self.stderr] {
            (&mut printed.reader).await.expect("the reader ends");
        }
        Ended {
            code: status.code(),
            stdout: self.stdout.text(),
            stderr: self.stderr.text(),
        }
    }

    /// Sends a signal and waits for the end.
    pub async fn stop(self, signal: &str) -> Ended {
        self.signal(signal).await;
        self.end().await
    }
}

impl Printed {
    fn read(pipe: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let written = Arc::clone(&text);
        let reader = tokio::spawn(async move {
            let mut lines = BufReader::new(pipe).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let mut text = written.lock().expect("no panic while it was held");
                text.push_str(&line);
                text.push('\n');
            }
        });
        Self { text, reader }
    }

    fn text(&self) -> String {
        self.text
            .lock()
            .expect("no panic while it was held")
            .clone()
    }
}
