//! Locks records, so that nobody changes them.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Crm, Record, RecordId, Written, path, written};
use crate::Error;
use crate::call::Call;
use crate::policy::{Idempotency, price};

const LIST: &str = "Locking_Information__s";

impl Crm {
    /// The lock of a record: its id, reason, who locked it and when; `None` if it is open
    /// (OpenAPI file `v8.0/record_locking.json`). Scope: `ZohoCRM.modules.{module}.READ`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn record_lock(&self, module: &str, id: &RecordId) -> Result<Option<Record>, Error> {
        const OPERATION: &str = "get lock";
        const FIELDS: &str = "Locked_Reason__s,Locked_By__s,Locked_Time__s,Lock_Source__s";
        let path = path(OPERATION, &[module, id.as_str(), LIST])?;
        let call = Call::read(path, price::light(OPERATION)).query("fields", FIELDS);
        let locks: Vec<Record> = self.listed(&call, "data").await?;
        Ok(locks.into_iter().next())
    }

    /// Locks a record; the row's id is the lock's. The organisation must have configured locks for the module. Scope:
    /// `ZohoCRM.modules.{module}.UPDATE`. It is not repeated after a lost answer: Zoho refuses what is locked already.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn lock_record(
        &self,
        module: &str,
        id: &RecordId,
        reason: &str,
    ) -> Result<Written, Error> {
        const OPERATION: &str = "lock record";
        let body = json!({"data": [{"Locked_Reason__s": reason}]});
        let parts = [module, id.as_str(), LIST];
        self.change_lock(OPERATION, Method::POST, &parts, Some(body))
            .await
    }

    /// Opens a locked record again. Scope: `ZohoCRM.modules.{module}.DELETE`.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn unlock_record(
        &self,
        module: &str,
        id: &RecordId,
        lock_id: &RecordId,
    ) -> Result<Written, Error> {
        const OPERATION: &str = "unlock record";
        let parts = [module, id.as_str(), LIST, lock_id.as_str()];
        self.change_lock(OPERATION, Method::DELETE, &parts, None)
            .await
    }

    async fn change_lock(
        &self,
        operation: &'static str,
        method: Method,
        parts: &[&str],
        body: Option<Value>,
    ) -> Result<Written, Error> {
        let call = Call::write(
            method,
            path(operation, parts)?,
            price::light(operation),
            body.map(|body| body.to_string().into()),
            Idempotency::NotIdempotent,
        );
        self.client
            .call(&call, |reply| written::read(&reply, 1))
            .await
    }
}
