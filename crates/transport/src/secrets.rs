//! The passwords of accounts.

use std::path::{Component, Path, PathBuf};

use secrecy::SecretString;

/// Where the passwords of accounts are: a file each in one folder, at the path that the account names, as the agents of
/// secret stores write them.
#[derive(Clone, Debug, Default)]
pub struct Secrets(Option<PathBuf>);

impl Secrets {
    /// Those in a folder.
    #[must_use]
    pub fn in_folder(folder: PathBuf) -> Self {
        Self(Some(folder))
    }

    /// The secret at a path; `None` where there is none, or the path leads out of the folder.
    pub async fn read(&self, path: &str) -> Option<SecretString> {
        let inside = Path::new(path);
        let is_plain = |part| matches!(part, Component::Normal(_));
        if !inside.components().all(is_plain) {
            return None;
        }
        let file = self.0.as_ref()?.join(inside);
        match tokio::fs::read_to_string(&file).await {
            Ok(secret) => Some(secret.trim_end_matches(['\r', '\n']).to_owned().into()),
            Err(error) => {
                tracing::warn!(%error, path, "an account's secret can not be read");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::Secrets;

    #[tokio::test]
    async fn a_secret_is_in_the_folder_and_nowhere_else() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("secrets/acme");
        std::fs::create_dir_all(&inner).expect("a folder");
        std::fs::write(inner.join("ann"), "a password\n").expect("a file");
        std::fs::write(folder.path().join("other"), "not for accounts").expect("a file");
        let secrets = Secrets::in_folder(folder.path().join("secrets"));
        let read = async |path: &str| secrets.read(path).await;
        let found = read("acme/ann").await.expect("the secret");
        assert_eq!(found.expose_secret(), "a password");
        for path in ["acme/bob", "../other", "/etc/passwd", "acme/../../other"] {
            assert!(read(path).await.is_none(), "{path}");
        }
    }
}
