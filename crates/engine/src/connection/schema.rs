//! A connection's field metadata, fetched once and kept for a while.

use std::collections::HashMap;
use std::sync::{Arc, MutexGuard, PoisonError};

use crate::mapping::{FieldRule, ModuleSchema, PickListValue};

use super::Connection;

/// How old metadata may be before it is fetched anew.
const AGE_MAX_US: i64 = 15 * 60 * 1_000_000;
/// How old it may be when it speaks against a record: an administrator may just have changed the field.
const AGE_MAX_FOR_REFUSAL_US: i64 = 30 * 1_000_000;

#[derive(Debug)]
pub(super) struct CachedSchema {
    fetched_at: i64,
    schema: Arc<ModuleSchema>,
}

impl Connection {
    /// What the module's fields take. Old metadata serves when Zoho cannot be asked.
    ///
    /// # Errors
    /// When Zoho cannot be asked and was never asked before.
    pub async fn schema(&self, module: &str) -> Result<Arc<ModuleSchema>, zoho::Error> {
        self.schema_not_older(module, AGE_MAX_US).await
    }

    /// The same, but recent enough to refuse a record by it.
    ///
    /// # Errors
    /// As [`Connection::schema`].
    pub async fn fresh_schema(&self, module: &str) -> Result<Arc<ModuleSchema>, zoho::Error> {
        self.schema_not_older(module, AGE_MAX_FOR_REFUSAL_US).await
    }

    /// What is cached, however old; nothing is fetched.
    pub fn cached_schema(&self, module: &str) -> Option<Arc<ModuleSchema>> {
        self.schemas_lock()
            .get(module)
            .map(|cached| cached.schema.clone())
    }

    async fn schema_not_older(
        &self,
        module: &str,
        age_max_us: i64,
    ) -> Result<Arc<ModuleSchema>, zoho::Error> {
        let now = self.clock.now_us();
        let cached = self
            .schemas_lock()
            .get(module)
            .map(|cached| (cached.fetched_at, cached.schema.clone()));
        if let Some((fetched_at, schema)) = &cached
            && now - fetched_at < age_max_us
        {
            return Ok(schema.clone());
        }
        match self.client.crm().fields(module).await {
            Ok(fields) => {
                let schema = Arc::new(ModuleSchema::new(module, fields.into_iter().map(rule)));
                let cached = CachedSchema {
                    fetched_at: now,
                    schema: schema.clone(),
                };
                self.schemas_lock().insert(module.to_owned(), cached);
                Ok(schema)
            }
            Err(error) => match cached {
                Some((_, schema)) if error.is_transient() => Ok(schema),
                _ => Err(error),
            },
        }
    }

    fn schemas_lock(&self) -> MutexGuard<'_, HashMap<String, CachedSchema>> {
        self.schemas.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn rule(field: zoho::crm::Field) -> FieldRule {
    FieldRule {
        api_name: field.api_name,
        label: field.display_label,
        data_type: field.data_type,
        json_type: field.json_type,
        length: field.length,
        decimal_place: field.decimal_place,
        is_mandatory: field.system_mandatory,
        is_writable_on_insert: field.is_creatable,
        is_writable_on_update: field.is_updatable,
        pick_list_values: field
            .pick_list_values
            .into_iter()
            .map(|value| PickListValue {
                reference_value: value.reference_value.unwrap_or(value.actual_value),
                display_value: value.display_value,
            })
            .collect(),
        lookup_module: field.lookup_module,
    }
}
