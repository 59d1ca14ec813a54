//! Where the programs are and where files go.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use crate::Result;

/// The folders of a checkout.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    /// The folder of the workspace.
    pub(crate) root: PathBuf,
    /// Cargo's folder.
    target: PathBuf,
    /// The folder of what is measured: that of a profile.
    pub(crate) profile: String,
    /// The gateway, where it is another than the profile's.
    gateway: Option<PathBuf>,
}

impl Paths {
    /// Those of the checkout that this program was built in.
    pub(crate) fn find() -> Self {
        let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = bench.parent().unwrap_or(bench).to_owned();
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into);
        let profile = env::var("BENCH_PROFILE").unwrap_or_else(|_| "release".to_owned());
        Self {
            root,
            target,
            profile,
            gateway: env::var_os("BENCH_GATEWAY").map(Into::into),
        }
    }

    /// The gateway that is measured.
    pub(crate) fn gateway(&self) -> Result<PathBuf> {
        match &self.gateway {
            Some(program) if program.is_file() => Ok(program.clone()),
            Some(program) => {
                Err(format!("no gateway in BENCH_GATEWAY: {}", program.display()).into())
            }
            None => self.release("gateway"),
        }
    }

    /// How the gateway and the stock server were built.
    pub(crate) fn build(&self) -> String {
        let Some(gateway) = &self.gateway else {
            return self.profile.clone();
        };
        format!("{}, gateway of {}", self.profile, gateway.display())
    }

    /// A program of this workspace, as it is measured.
    pub(crate) fn release(&self, name: &str) -> Result<PathBuf> {
        let program = self.target.join(&self.profile).join(name);
        if program.is_file() {
            return Ok(program);
        }
        Err(format!("{} is missing: run `just bench-build`", program.display()).into())
    }

    /// PostGraphile's folder, with what npm put into it.
    pub(crate) fn postgraphile(&self) -> Result<PathBuf> {
        let folder = self.root.join("bench/postgraphile");
        if folder.join("node_modules/node/bin/node").is_file() {
            return Ok(folder);
        }
        Err("PostGraphile is not installed: run `just bench-tools`".into())
    }

    /// A folder for what a run leaves behind, made if missing.
    pub(crate) fn scratch(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target.join("bench").join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// The file of a result, in a folder that is made if missing.
    pub(crate) fn result(&self, name: &str) -> Result<PathBuf> {
        let folder = self.root.join("bench/results");
        fs::create_dir_all(&folder)?;
        Ok(folder.join(name))
    }
}
