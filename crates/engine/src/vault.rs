//! Encrypts what must not lie in the database in clear: client secrets and refresh tokens.
//!
//! AES-256-GCM with a random nonce. The secret's name is bound to the ciphertext, so that a ciphertext that is
//! copied to another row cannot be read. The key comes from the operator or from a file beside the database
//! that only its owner may read.

use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use secrecy::{ExposeSecret, SecretString};

/// Version of the layout, in front of each ciphertext: version, nonce (12 bytes), ciphertext and tag.
const LAYOUT: u8 = 1;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const KEY_FILE: &str = "master.key";
/// A new key, while the secrets are encrypted with it.
const NEXT_KEY_FILE: &str = "master.key.next";

/// Why a secret could not be encrypted or read.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The master key has a wrong form.
    #[error(
        "the master key is not 64 hexadecimal digits (32 bytes); make one with: openssl rand -hex 32"
    )]
    WrongKey,
    /// The key file cannot be read or made.
    #[error("the key file {path} cannot be used: {reason}")]
    KeyFile {
        /// Where it should be.
        path: String,
        /// What went wrong.
        reason: String,
    },
    /// The ciphertext does not fit the key or the name.
    #[error("the stored secret {0:?} cannot be decrypted: it was stored under another master key")]
    Unreadable(String),
    /// The cryptography library refused.
    #[error("a secret could not be encrypted")]
    Encrypt,
}

/// Holds the master key.
pub(crate) struct Vault {
    key: RandomizedNonceKey,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Uses the operator's key, or the key file in `data_dir`, which is made when it is not there.
    ///
    /// # Errors
    /// When the key has a wrong form or the file cannot be used.
    pub(crate) fn open(
        data_dir: &Path,
        master_key: Option<&SecretString>,
    ) -> Result<Self, VaultError> {
        let bytes = match master_key {
            Some(text) => from_hex(text.expose_secret().trim()).ok_or(VaultError::WrongKey)?,
            None => key_file(&data_dir.join(KEY_FILE))?,
        };
        Self::of(&bytes)
    }

    /// Makes a key that waits in a file of its own, until the secrets are encrypted with it.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn make_next(data_dir: &Path) -> Result<Self, VaultError> {
        let path = data_dir.join(NEXT_KEY_FILE);
        Self::of(&key_file(&path)?)
    }

    /// The key that waits, if there is one.
    ///
    /// # Errors
    /// When the file is there and cannot be read.
    pub(crate) fn read_next(data_dir: &Path) -> Result<Option<Self>, VaultError> {
        let path = data_dir.join(NEXT_KEY_FILE);
        match path.exists() {
            true => Self::of(&key_file(&path)?).map(Some),
            false => Ok(None),
        }
    }

    /// Lets the key that waits be the key.
    ///
    /// # Errors
    /// When the files cannot be changed.
    pub(crate) fn promote_next(data_dir: &Path) -> Result<(), VaultError> {
        let (next, path) = (data_dir.join(NEXT_KEY_FILE), data_dir.join(KEY_FILE));
        let done = std::fs::rename(next, &path).and_then(|()| sync(data_dir));
        done.map_err(|error| unusable(&path, error.to_string()))
    }

    /// Throws the key that waits away.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub(crate) fn remove_next(data_dir: &Path) -> Result<(), VaultError> {
        remove(data_dir, NEXT_KEY_FILE)
    }

    /// Removes the key file, which opens nothing any more.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub(crate) fn remove_key_file(data_dir: &Path) -> Result<(), VaultError> {
        remove(data_dir, KEY_FILE)
    }

    fn of(bytes: &[u8; KEY_BYTES]) -> Result<Self, VaultError> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, bytes).map_err(|_| VaultError::WrongKey)?;
        Ok(Self { key })
    }

    /// Encrypts `secret` under `name`.
    ///
    /// # Errors
    /// Only when the cryptography library fails.
    pub(crate) fn encrypt(&self, name: &str, secret: &str) -> Result<Vec<u8>, VaultError> {
        let mut text = secret.as_bytes().to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(name.as_bytes()), &mut text)
            .map_err(|_| VaultError::Encrypt)?;
        let mut sealed = vec![LAYOUT];
        sealed.extend_from_slice(nonce.as_ref());
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    /// Reads back what [`Vault::encrypt`] made under the same name.
    ///
    /// # Errors
    /// [`VaultError::Unreadable`] under another key or name, or when the bytes were changed.
    pub(crate) fn decrypt(&self, name: &str, sealed: &[u8]) -> Result<SecretString, VaultError> {
        let unreadable = || VaultError::Unreadable(name.to_owned());
        let rest = sealed.strip_prefix(&[LAYOUT]).ok_or_else(unreadable)?;
        let (nonce, text) = rest.split_at_checked(NONCE_BYTES).ok_or_else(unreadable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| unreadable())?;
        let mut text = text.to_vec();
        let open = self
            .key
            .open_in_place(nonce, Aad::from(name.as_bytes()), &mut text)
            .map_err(|_| unreadable())?;
        Ok(SecretString::from(
            String::from_utf8(open.to_vec()).map_err(|_| unreadable())?,
        ))
    }
}

fn key_file(path: &Path) -> Result<[u8; KEY_BYTES], VaultError> {
    let failed = |reason: String| unusable(path, reason);
    match std::fs::read_to_string(path) {
        Ok(text) => from_hex(text.trim())
            .ok_or_else(|| failed("it does not hold 64 hexadecimal digits".to_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let mut bytes = [0; KEY_BYTES];
            aws_lc_rs::rand::fill(&mut bytes).map_err(|_| VaultError::Encrypt)?;
            write_private(path, &to_hex(&bytes)).map_err(|error| failed(error.to_string()))?;
            Ok(bytes)
        }
        Err(error) => Err(failed(error.to_string())),
    }
}

fn unusable(path: &Path, reason: String) -> VaultError {
    VaultError::KeyFile {
        path: path.display().to_string(),
        reason,
    }
}

fn remove(data_dir: &Path, name: &str) -> Result<(), VaultError> {
    let path = data_dir.join(name);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(unusable(&path, error.to_string()))
        }
        _ => sync(data_dir).map_err(|error| unusable(&path, error.to_string())),
    }
}

/// Makes sure that new names in a folder are on disk.
fn sync(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// Writes a file that only its owner may read, and makes sure that it is on disk.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), sync)
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| digit.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect();
    let digits = digits?;
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect();
    if digits.len() != KEY_BYTES * 2 {
        return None;
    }
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_only_under_its_name_and_key() {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::open(folder.path(), None).unwrap();
        let sealed = vault.encrypt("connection/a", "1000.secret").unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(
            vault
                .decrypt("connection/a", &sealed)
                .unwrap()
                .expose_secret(),
            "1000.secret"
        );
        assert!(vault.decrypt("connection/b", &sealed).is_err());
        let again = Vault::open(folder.path(), None).unwrap();
        assert!(
            again.decrypt("connection/a", &sealed).is_ok(),
            "the key file is kept"
        );
        let other = Vault::open(folder.path(), Some(&SecretString::from("ab".repeat(32)))).unwrap();
        assert!(other.decrypt("connection/a", &sealed).is_err());
        assert!(other.decrypt("connection/a", &[]).is_err());
    }

    #[test]
    fn a_short_key_is_refused_with_the_way_to_make_one() {
        let error =
            Vault::open(Path::new("/nowhere"), Some(&SecretString::from("abc"))).unwrap_err();
        assert!(error.to_string().contains("openssl rand -hex 32"));
    }

    #[cfg(unix)]
    #[test]
    fn the_key_file_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        Vault::open(folder.path(), None).unwrap();
        let mode = std::fs::metadata(folder.path().join("master.key"))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
