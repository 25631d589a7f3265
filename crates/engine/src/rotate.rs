//! Changing the master key: every secret is encrypted anew under another key, while no gateway runs on the folder.
//!
//! All secrets change in one transaction, so that a crash leaves them all under the old key or all under the new one.
//! The new key file waits under another name until that transaction is on disk; whoever opens the folder next finds out
//! by a secret which of the two counts ([`settle_key_files`]).

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use crate::clock::Clock;
use crate::engine::{OpenError, lock};
use crate::store::Store;
use crate::vault::Vault;

/// What is to change.
#[derive(Debug)]
pub struct Rotation {
    /// The gateway's folder.
    pub data_dir: PathBuf,
    /// The operator's key until now; without it, the key file in the folder.
    pub master_key: Option<SecretString>,
    /// The operator's key from now on; without it, a new key file is made.
    pub new_master_key: Option<SecretString>,
}

/// Encrypts all secrets of a folder under another master key. Answers how many there are.
///
/// # Errors
/// When a gateway runs on the folder, a key has a wrong form, or a secret cannot be read under the old key. Nothing has
/// changed then.
pub async fn rotate_master_key(rotation: Rotation) -> Result<usize, OpenError> {
    let _lock = lock(&rotation.data_dir)?;
    let clock = Clock::system();
    let store = Store::open(&rotation.data_dir.join("leadway.db"), clock.clone()).await?;
    settle_key_files(&rotation.data_dir, &store).await?;
    let old = Vault::open(&rotation.data_dir, rotation.master_key.as_ref())?;
    let new = match &rotation.new_master_key {
        Some(key) => Vault::open(&rotation.data_dir, Some(key))?,
        None => Vault::make_next(&rotation.data_dir)?,
    };
    store.forget_expired_authorizations(clock.now_us()).await?;
    let secrets = store.secrets().await?;
    let is_done = !secrets.is_empty()
        && secrets
            .iter()
            .all(|(name, sealed)| new.decrypt(name, sealed).is_ok());
    if !is_done {
        let mut changed = Vec::with_capacity(secrets.len());
        for (name, sealed) in &secrets {
            let turned = old.decrypt(name, sealed);
            let turned = turned.and_then(|secret| new.encrypt(name, secret.expose_secret()));
            match turned {
                Ok(sealed) => changed.push((name.clone(), sealed)),
                Err(error) => {
                    if rotation.new_master_key.is_none() {
                        Vault::remove_next(&rotation.data_dir)?;
                    }
                    return Err(error.into());
                }
            }
        }
        store.replace_secrets(&changed, clock.now_us()).await?;
    }
    match rotation.new_master_key {
        None => Vault::promote_next(&rotation.data_dir)?,
        // The file opens nothing any more.
        Some(_) if rotation.master_key.is_none() => Vault::remove_key_file(&rotation.data_dir)?,
        Some(_) => {}
    }
    store.close().await;
    Ok(secrets.len())
}

/// Ends what a crash has interrupted: of two key files, keeps the one that opens the secrets.
///
/// # Errors
/// When the store or a key file cannot be used.
pub(crate) async fn settle_key_files(
    data_dir: &std::path::Path,
    store: &Store,
) -> Result<(), OpenError> {
    let Some(next) = Vault::read_next(data_dir)? else {
        return Ok(());
    };
    let secrets = store.secrets().await?;
    let opens = |vault: &Vault| {
        secrets
            .first()
            .is_some_and(|(name, sealed)| vault.decrypt(name, sealed).is_ok())
    };
    if opens(&next) {
        tracing::warn!(
            "a change of the master key was interrupted after it had taken effect; it is finished now"
        );
        return Ok(Vault::promote_next(data_dir)?);
    }
    tracing::warn!(
        "a change of the master key was interrupted before it took effect; the old key stays"
    );
    Ok(Vault::remove_next(data_dir)?)
}
