//! A connection's modules and field metadata, fetched once and kept for a while.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard, PoisonError};

use crate::mapping::{FieldRule, ModuleSchema, PickListValue};

use super::Connection;

/// How old metadata may be before it is fetched anew.
const AGE_MAX_US: i64 = 15 * 60 * 1_000_000;
/// How old it may be when it speaks against a record: an administrator may just have changed the field.
const AGE_MAX_FOR_REFUSAL_US: i64 = 30 * 1_000_000;
/// How long metadata that is not needed is not asked for after a failure.
const PAUSE_AFTER_FAILURE_US: i64 = 10 * 1_000_000;

#[derive(Debug)]
pub(super) struct CachedSchema {
    fetched_at: i64,
    schema: Arc<ModuleSchema>,
}

/// Modules with what people call them.
pub(crate) type Modules = Arc<[(String, String)]>;

#[derive(Debug)]
pub(super) struct CachedModules {
    fetched_at: i64,
    modules: Modules,
}

impl Connection {
    /// The modules, if they were asked for in the last 15 minutes.
    pub(crate) fn modules_at_hand(&self) -> Option<Modules> {
        let now = self.clock.now_us();
        let cached = self.modules.lock().unwrap_or_else(PoisonError::into_inner);
        let cached = cached.as_ref()?;
        (now - cached.fetched_at < AGE_MAX_US).then(|| cached.modules.clone())
    }

    /// What the module's fields take, if it was ever asked for.
    pub(crate) fn schema_at_hand(&self, module: &str) -> Option<Arc<ModuleSchema>> {
        let schemas = self.schemas_lock();
        Some(schemas.get(module)?.schema.clone())
    }

    /// The modules that the API serves, by API name, with what people call them.
    ///
    /// # Errors
    /// When Zoho cannot be asked and was not asked in the last 15 minutes.
    pub(crate) async fn modules(&self) -> Result<Modules, zoho::Error> {
        let _one_at_a_time = self.schema_fetch.lock().await;
        if let Some(modules) = self.modules_at_hand() {
            return Ok(modules);
        }
        let modules = self.client.crm().modules().await?;
        let modules: Modules = modules
            .into_iter()
            .filter(|module| module.api_supported)
            .map(|module| (module.api_name, module.plural_label))
            .collect();
        let cached = CachedModules {
            fetched_at: self.clock.now_us(),
            modules: modules.clone(),
        };
        *self.modules.lock().unwrap_or_else(PoisonError::into_inner) = Some(cached);
        Ok(modules)
    }

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

    /// The same for whom metadata is welcome but not needed: when Zoho could not be asked just now, it is not asked
    /// again at once.
    pub async fn schema_if_at_hand(&self, module: &str) -> Option<Arc<ModuleSchema>> {
        let failed_at = self.schema_failed_at.load(Ordering::Relaxed);
        if self.clock.now_us().saturating_sub(failed_at) < PAUSE_AFTER_FAILURE_US {
            return None;
        }
        match self.schema(module).await {
            Ok(schema) => Some(schema),
            Err(error) => {
                tracing::warn!(connection = self.config.name, module, %error, "field metadata is not at hand");
                self.schema_failed_at
                    .store(self.clock.now_us(), Ordering::Relaxed);
                None
            }
        }
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
        // Whoever waited here finds what the one before has fetched.
        let _one_at_a_time = self.schema_fetch.lock().await;
        if let Some(fetched) = self.schemas_lock().get(module)
            && fetched.fetched_at >= now
        {
            return Ok(fetched.schema.clone());
        }
        match self.client.crm().fields(module).await {
            Ok(fields) => {
                let schema = Arc::new(ModuleSchema::new(module, fields.into_iter().map(rule)));
                let cached = CachedSchema {
                    fetched_at: self.clock.now_us(),
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
