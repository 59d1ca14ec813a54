//! The key that signs and verifies tokens.

use std::{
    fs,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use jsonwebtoken::{DecodingKey, EncodingKey};
use secrecy::{ExposeSecret, SecretString};

/// Fewer bytes than SHA-256's output make a weak HS256 key: RFC 7518, section 3.2.
const SHORTEST: usize = 32;

/// Its name in the data folder.
pub(crate) const KEY_FILE: &str = "token.key";
/// The name of the key there that links are signed with.
pub(crate) const LINK_KEY_FILE: &str = "link.key";

/// A shared secret for HS256.
#[derive(Clone)]
pub struct TokenKey {
    pub(super) signing: EncodingKey,
    pub(super) verifying: DecodingKey,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Too few bytes.
    #[error(
        "the token key is shorter than {SHORTEST} bytes; make one with `openssl rand -base64 48`"
    )]
    Short,
    /// The key's file can not be read or made.
    #[error(
        "the key {path} can not be read or made: {cause}; set GATEWAY_TOKEN_KEY, or GATEWAY_DATA_DIR to a folder you may write to"
    )]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
}

impl TokenKey {
    /// A key that was given.
    ///
    /// # Errors
    /// [`KeyError::Short`].
    pub fn new(secret: &SecretString) -> Result<Self, KeyError> {
        let bytes = secret.expose_secret().as_bytes();
        if bytes.len() < SHORTEST {
            return Err(KeyError::Short);
        }
        Ok(Self {
            signing: EncodingKey::from_secret(bytes),
            verifying: DecodingKey::from_secret(bytes),
        })
    }

    /// The key of a data folder, made at its first use.
    ///
    /// # Errors
    /// [`KeyError::File`] when the folder can not be written to.
    pub fn of_folder(folder: &Path) -> Result<Self, KeyError> {
        Self::new(&secret_of_folder(folder, KEY_FILE)?)
    }
}

/// The secret in a file of a data folder, made at its first use.
///
/// # Errors
/// [`KeyError::File`] when the folder can not be written to.
pub(crate) fn secret_of_folder(folder: &Path, name: &str) -> Result<SecretString, KeyError> {
    let path = folder.join(name);
    let failed = |cause| KeyError::File {
        path: path.clone(),
        cause,
    };
    match fs::read_to_string(&path) {
        Ok(secret) => Ok(secret.into()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder).map_err(failed)?;
            write_new(&path).map_err(failed)?;
            // Read back: another process may have been first.
            Ok(fs::read_to_string(&path).map_err(failed)?.into())
        }
        Err(error) => Err(failed(error)),
    }
}

/// Writes a fresh key that only this user can read, unless the file is there by now.
fn write_new(path: &Path) -> io::Result<()> {
    let secret = format!(
        "{}{}",
        uuid::Uuid::new_v4().simple(),
        uuid::Uuid::new_v4().simple()
    );
    let own = path.with_extension(format!("key.{}", std::process::id()));
    fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&own)?
        .write_all(secret.as_bytes())?;
    // A link is made whole or not at all, so nobody reads half a key.
    let linked = fs::hard_link(&own, path);
    fs::remove_file(&own)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
