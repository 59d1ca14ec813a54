//! Programs that are killed.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use embedded::{Options, Server};

use crate::{ask, ends_within, folder, is_alive, refusal, run, start};

const FOLDER: &str = "EMBEDDED_TEST_FOLDER";

/// Not a test: the program that the tests below kill. It runs when they start this binary again.
#[tokio::test]
#[ignore = "is started by other tests"]
async fn program() {
    let dir = std::env::var(FOLDER).expect("started by a test");
    let server = start(Path::new(&dir)).await;
    run(
        &server,
        "CREATE TABLE kept AS SELECT 'here' AS word; CHECKPOINT",
    )
    .await;
    writeln!(std::io::stdout(), "server {}", server.pid()).expect("printed");
    std::future::pending::<()>().await;
}

/// Starts the program; the number is that of its server.
fn start_program(dir: &Path) -> (Child, i32) {
    let mut program = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--ignored", "--exact", "orphans::program", "--nocapture"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    let output = program.stdout.take().expect("piped");
    let server = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.split_once("server ")?.1.trim().parse().ok())
        .expect("it prints the server's number");
    (program, server)
}

fn kill_program(mut program: Child) {
    program.kill().expect("it was alive");
    program.wait().expect("it has ended");
}

#[test]
fn a_killed_program_takes_its_server_along() {
    let dir = folder();
    let (program, server) = start_program(dir.path());
    kill_program(program);
    assert!(ends_within(server, Duration::from_secs(20)));
}

#[tokio::test]
async fn a_leftover_server_is_stopped_by_the_next_start() {
    let dir = folder();
    let (program, leftover) = start_program(dir.path());
    kill_watchdog(program.id());
    kill_program(program);
    assert!(is_alive(leftover));

    let server = start(dir.path()).await;
    assert!(!is_alive(leftover));
    assert_eq!(ask(&server, "SELECT word FROM kept").await, "here");
}

#[tokio::test]
async fn a_server_that_we_did_not_start_is_left_alone() {
    let dir = folder();
    let (program, stranger) = start_program(dir.path());
    kill_watchdog(program.id());
    kill_program(program);
    let lock = dir.path().join("postgres.lock");
    let note = fs::read_to_string(&lock).expect("a note");
    fs::write(&lock, "").expect("written");

    let sentence = refusal(Options::scratch(dir.path())).await;
    assert!(
        sentence.contains(&format!("in use by process {stranger}:")),
        "{sentence}"
    );
    assert!(is_alive(stranger));

    // Put the note back, so that the server goes with the test.
    fs::write(&lock, note).expect("written");
    let server = Server::start(Options::scratch(dir.path())).await;
    server.expect("it starts").stop().await.expect("it stops");
}

/// Kills the shell that `program` started.
fn kill_watchdog(program: u32) {
    let listing = Command::new("ps")
        .args(["-eo", "pid=,ppid=,args="])
        .output()
        .expect("ps runs");
    let listing = String::from_utf8_lossy(&listing.stdout).into_owned();
    let watchdog = listing
        .lines()
        .filter(|line| line.contains("read -r line"))
        .map(|line| {
            line.split_whitespace()
                .map_while(|word| word.parse().ok())
                .collect()
        })
        .find(|numbers: &Vec<u32>| numbers.get(1) == Some(&program))
        .expect("there is a watchdog")[0];
    let status = Command::new("kill")
        .args(["-9", &watchdog.to_string()])
        .status();
    assert!(status.expect("kill runs").success());
}
