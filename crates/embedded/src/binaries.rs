//! Finds `postgres` and `initdb`.

use std::{
    cmp::Reverse,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{OLDEST_MAJOR, error::Error};

/// A folder with both programs.
pub(crate) struct Binaries {
    pub(crate) dir: PathBuf,
    pub(crate) major: u32,
}

impl Binaries {
    /// The named folder, else the first candidate that fits.
    ///
    /// `wanted` is the version of the data at hand: among several installations the one that can read
    /// the data is taken, wherever it stands in the order.
    pub(crate) fn find(explicit: Option<&Path>, wanted: Option<u32>) -> Result<Self, Error> {
        let found = match explicit {
            Some(dir) => Self::at(dir)?,
            None => Self::search(wanted)?,
        };
        if found.major < OLDEST_MAJOR {
            return Err(Error::TooOld {
                dir: found.dir,
                found: found.major,
            });
        }
        Ok(found)
    }

    /// `dir/program`.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    fn at(dir: &Path) -> Result<Self, Error> {
        if !is_complete(dir) {
            return Err(Error::IncompleteBinaries { dir: dir.into() });
        }
        let dir = dir.canonicalize().unwrap_or_else(|_| dir.into());
        let major = major_of(&dir.join("postgres"))?;
        Ok(Self { dir, major })
    }

    fn search(wanted: Option<u32>) -> Result<Self, Error> {
        let mut problem = Error::NoBinaries;
        let mut found: Vec<Self> = Vec::new();
        for dir in candidates().into_iter().filter(|dir| is_complete(dir)) {
            match Self::at(&dir) {
                Ok(binaries) => found.push(binaries),
                Err(error) => problem = error,
            }
        }
        // Stable: the order of the candidates decides between equals.
        found.sort_by_key(|b| Reverse((Some(b.major) == wanted, b.major >= OLDEST_MAJOR)));
        found.into_iter().next().ok_or(problem)
    }
}

fn is_complete(dir: &Path) -> bool {
    dir.join("postgres").is_file() && dir.join("initdb").is_file()
}

/// Where installations are, in the order of preference.
fn candidates() -> Vec<PathBuf> {
    let mut dirs = on_path();
    dirs.extend(named_by_pg_config());
    dirs.extend(versioned("/usr/lib/postgresql", "bin"));
    for prefix in ["/opt/homebrew", "/usr/local", "/home/linuxbrew/.linuxbrew"] {
        dirs.extend(homebrew(Path::new(prefix)));
    }
    dirs.extend(versioned(
        "/Applications/Postgres.app/Contents/Versions",
        "bin",
    ));
    dirs
}

/// A `postgres` on the PATH may be a link into the real folder, which then holds `initdb`, too.
fn on_path() -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .filter_map(|dir| dir.join("postgres").canonicalize().ok())
        .filter_map(|program| program.parent().map(Path::to_path_buf))
        .collect()
}

fn named_by_pg_config() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    let dir = String::from_utf8(output.stdout).ok()?;
    Some(PathBuf::from(dir.trim()))
}

fn homebrew(prefix: &Path) -> Vec<PathBuf> {
    let mut versions: Vec<_> = (OLDEST_MAJOR..OLDEST_MAJOR + 10).rev().collect();
    versions.retain(|major| prefix.join(format!("opt/postgresql@{major}")).is_dir());
    versions
        .into_iter()
        .map(|major| prefix.join(format!("opt/postgresql@{major}/bin")))
        .collect()
}

/// `root/<number>/below` for each number, the newest first.
fn versioned(root: &str, below: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(root) else {
        return Vec::new();
    };
    let mut numbers: Vec<u32> = entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    numbers.sort_by_key(|&number| Reverse(number));
    numbers
        .into_iter()
        .map(|number| Path::new(root).join(number.to_string()).join(below))
        .collect()
}

/// Asks the program: `postgres (PostgreSQL) 15.18 (Debian …)` is 15.
fn major_of(program: &Path) -> Result<u32, Error> {
    let unknown = |answer: String| Error::UnknownVersion {
        program: program.into(),
        answer,
    };
    let output = Command::new(program)
        .arg("--version")
        .output()
        .map_err(|error| unknown(error.to_string()))?;
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    parse_major(&answer).ok_or_else(|| unknown(answer))
}

/// The number after `(PostgreSQL)`, also of a development version such as `19devel`.
fn parse_major(answer: &str) -> Option<u32> {
    let (_, version) = answer.split_once("(PostgreSQL) ")?;
    let end = version
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(version.len());
    version[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::parse_major;

    #[test]
    fn reads_released_and_development_versions() {
        let debian = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)";
        assert_eq!(parse_major(debian), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 19devel"), Some(19));
        assert_eq!(parse_major("postgres (PostgreSQL) 9.6.24"), Some(9));
        assert_eq!(parse_major("command not found"), None);
    }
}
