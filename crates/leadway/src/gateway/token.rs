//! The admin token of a gateway: the one that was given, the one that is kept, or a new one.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use anyhow::Context;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use secrecy::{ExposeSecret, SecretString};

/// Name of the file in the data directory that keeps a generated token.
pub(crate) const TOKEN_FILE: &str = "admin-token";

/// Shorter ones can be guessed.
const TOKEN_CHARS_MIN: usize = 16;

/// An admin token, and whether it was made just now, so that it should be shown once.
pub(crate) struct AdminToken {
    pub(crate) token: SecretString,
    pub(crate) is_new: bool,
}

/// The token that was given; else the one kept in `data_dir`; else a new one, which is kept there from now on in a
/// file that only its owner can read.
pub(crate) fn admin_token(
    given: Option<SecretString>,
    data_dir: &Path,
) -> anyhow::Result<AdminToken> {
    if let Some(token) = given {
        if token.expose_secret().chars().count() < TOKEN_CHARS_MIN {
            anyhow::bail!(
                "the admin token has fewer than {TOKEN_CHARS_MIN} characters; give a longer one in \
                 LEADWAY_ADMIN_TOKEN, or none, and one is made"
            );
        }
        return Ok(AdminToken {
            token,
            is_new: false,
        });
    }
    let path = data_dir.join(TOKEN_FILE);
    match fs::read_to_string(&path) {
        Ok(text) if !text.trim().is_empty() => Ok(AdminToken {
            token: text.trim().into(),
            is_new: false,
        }),
        Ok(_) => anyhow::bail!(
            "{} is empty; delete it, and a new token is made",
            path.display()
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let token = generate()?;
            keep(&path, &token)
                .with_context(|| format!("the admin token cannot be kept in {}", path.display()))?;
            Ok(AdminToken {
                token,
                is_new: true,
            })
        }
        Err(error) => Err(error)
            .with_context(|| format!("the admin token cannot be read from {}", path.display())),
    }
}

/// 192 random bits.
fn generate() -> anyhow::Result<SecretString> {
    let mut bytes = [0_u8; 24];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| anyhow::anyhow!("the system gives no random bytes"))?;
    Ok(bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<String>()
        .into())
}

fn keep(path: &Path, token: &SecretString) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(token.expose_secret().as_bytes())?;
    file.write_all(b"\n")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_and_kept_for_its_owner_only() {
        let dir = tempfile::tempdir().unwrap();
        let first = admin_token(None, dir.path()).unwrap();
        let second = admin_token(None, dir.path()).unwrap();
        assert!(first.is_new && !second.is_new);
        assert_eq!(first.token.expose_secret(), second.token.expose_secret());
        assert_eq!(first.token.expose_secret().len(), 48);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(dir.path().join(TOKEN_FILE))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_short_token_is_refused_without_being_shown() {
        let error = admin_token(Some("hunter2".into()), Path::new("nowhere"))
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.contains("16 characters") && !error.contains("hunter2"),
            "{error}"
        );
    }
}
