//! Trains a dictionary on the bodies of mail, with the command line of zstd (`apt-get install zstd`), whose
//! way to choose what is in it can be set: with so few samples, long pieces are best.
//!
//! ```sh
//! just corpus
//! cargo run -p mail --example train -- /tmp/mail-2.zdict target/corpus/{crate-mail-parser,pypi-*}
//! ```
//!
//! These are the packages whose licences (Apache-2.0, MIT) let pieces of them stand in the dictionary. Messages
//! whose hash begins with 8 to f are left out: the test of the corpus measures those.

use std::{error::Error, fs, path::Path, process::Command};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let output = arguments.next().ok_or("first the file to write")?;
    let samples = tempfile::tempdir()?;
    for (number, folder) in arguments.enumerate() {
        let samples = samples.path().join(number.to_string());
        fs::create_dir(&samples)?;
        collect(Path::new(&folder), &samples)?;
    }
    let status = Command::new("zstd")
        .args([
            "--train-cover=k=1000,d=8",
            "--maxdict=112640",
            "-19",
            "-f",
            "-r",
        ])
        .arg(samples.path())
        .arg("-o")
        .arg(output)
        .status()?;
    status
        .success()
        .then_some(())
        .ok_or_else(|| "zstd failed".into())
}

fn collect(folder: &Path, samples: &Path) -> Result<(), Box<dyn Error>> {
    for (number, file) in fs::read_dir(folder)?.enumerate() {
        let parsed = mail::parse(&fs::read(file?.path())?);
        let hash = mail::body::content_hash(parsed.text.as_deref(), parsed.html.as_deref());
        if hash.as_str() < "8" {
            for (kind, body) in [("text", parsed.text), ("html", parsed.html)] {
                let body = body.unwrap_or_default();
                fs::write(samples.join(format!("{number}.{kind}")), body)?;
            }
        }
    }
    Ok(())
}
