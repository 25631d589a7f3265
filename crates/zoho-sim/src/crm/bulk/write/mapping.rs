//! Which column fills which field: read from the job, or from the header of the file.

use serde_json::Value;

use super::cell;
use crate::catalog::{self, Refusal};
use crate::schema::{DataType, Field, Module, Slot};
use crate::world::bulk::{Mapping, Operation};

/// Mappings of one resource.
const MAPPINGS_MAX: usize = super::COLUMNS_MAX * 2;

/// Fields that a file may name without being one of the module's own: the record itself, and its parent.
const ID: &str = "id";

/// Reads `field_mappings`.
pub(super) fn read(given: &Value) -> Result<Vec<Mapping>, Refusal> {
    let path = "resource.field_mappings";
    let given = given
        .as_array()
        .filter(|given| given.len() <= MAPPINGS_MAX)
        .ok_or_else(|| catalog::bulk::wrong_write_key(path))?;
    given.iter().map(one).collect()
}

fn one(given: &Value) -> Result<Mapping, Refusal> {
    let text = |key: &str| given.get(key).and_then(Value::as_str).map(str::to_owned);
    let api_name =
        text("api_name").ok_or_else(|| catalog::bulk::missing_required_key("api_name"))?;
    let column = |key: &str| match given.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(number) => {
            let number = number
                .as_u64()
                .and_then(|number| usize::try_from(number).ok());
            let path = format!("resource.field_mappings.{key}");
            number
                .map(Some)
                .ok_or_else(|| catalog::bulk::wrong_write_key(&path))
        }
    };
    let default_value = given
        .get("default_value")
        .and_then(|default| default.get("value"));
    let default_value = default_value.filter(|value| !value.is_null()).cloned();
    let index = column("index")?;
    if index.is_none() && default_value.is_none() {
        let key = format!("index for field {api_name}");
        return Err(catalog::bulk::missing_required_key(&key));
    }
    Ok(Mapping {
        index,
        format: text("format"),
        find_by: text("find_by"),
        default_value,
        module: text("module"),
        parent_column_index: column("parent_column_index")?,
        api_name,
    })
}

/// Mappings by the names in the header; `Account_Name.id` says how a lookup is found. Columns of no field are left out.
pub(super) fn of_header(module: &Module, header: &[String]) -> Vec<Mapping> {
    let columns = header.iter().enumerate().filter_map(|(index, name)| {
        let (api_name, find_by) = match name.trim().split_once('.') {
            Some((api_name, find_by)) => (api_name, Some(find_by.to_owned())),
            None => (name.trim(), None),
        };
        let is_known = api_name == ID || module.field(api_name).is_some_and(is_writable);
        is_known.then(|| Mapping {
            api_name: api_name.to_owned(),
            index: Some(index),
            format: None,
            find_by,
            default_value: None,
            module: None,
            parent_column_index: None,
        })
    });
    columns.collect()
}

/// Whether a column may fill the field.
fn is_writable(field: &Field) -> bool {
    let is_slot = matches!(field.slot, Slot::Stored | Slot::Owner | Slot::Layout);
    let is_type = !matches!(
        field.data_type,
        DataType::FileUpload
            | DataType::ImageUpload
            | DataType::ProfileImage
            | DataType::Formula
            | DataType::RollupSummary
            | DataType::AutoNumber
            | DataType::Subform
            | DataType::MultiSelectLookup
            | DataType::MultiUserLookup
    );
    is_slot && is_type
}

/// Refuses mappings that do not fit the module and the file.
pub(super) fn check(
    module: &Module,
    mappings: &[Mapping],
    header: &[String],
    is_child: bool,
) -> Result<(), Refusal> {
    for mapping in mappings {
        for index in [mapping.index].into_iter().flatten() {
            if index >= header.len() {
                return Err(catalog::bulk::column_index_not_found(index));
            }
        }
        if mapping.api_name == ID {
            continue;
        }
        let field = module.field(&mapping.api_name);
        let Some(field) = field.filter(|field| is_writable(field)) else {
            return Err(catalog::bulk::invalid_mapping(&mapping.api_name));
        };
        if let Some(format) = &mapping.format
            && !cell::is_format(field.data_type, format)
        {
            return Err(catalog::bulk::invalid_format(format));
        }
        let is_found = mapping.find_by.is_some() || mapping.parent_column_index.is_some();
        let is_record = field.data_type.is_reference() && mapping.index.is_some();
        if is_record && !is_found {
            return Err(if is_child && mapping.api_name == "Parent_Id" {
                catalog::bulk::parent_column_index_missing(&mapping.api_name)
            } else {
                catalog::bulk::find_by_missing(&mapping.api_name)
            });
        }
    }
    Ok(())
}

/// Refuses new records without their mandatory fields; those of a layout do not count.
pub(super) fn require_mandatory(
    module: &Module,
    mappings: &[Mapping],
    operation: Operation,
) -> Result<(), Refusal> {
    if operation == Operation::Update {
        return Ok(());
    }
    let is_mapped = |field: &Field| {
        let mut mappings = mappings.iter();
        mappings.any(|mapping| mapping.api_name == field.api_name)
    };
    let missing: Vec<&str> = module
        .fields
        .iter()
        .filter(|field| field.is_mandatory && is_writable(field) && !is_mapped(field))
        .filter(|field| field.default_value.is_none())
        .map(|field| field.api_name.as_str())
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(catalog::bulk::mandatory_fields_not_mapped(&missing))
    }
}
