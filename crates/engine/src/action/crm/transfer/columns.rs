//! Which column goes into which field, checked against the module's live metadata before a call is spent.

use std::collections::HashMap;

use serde_json::{Map, Value};
use zoho::crm::{BulkFieldMapping, BulkOperation};

use super::source::COLUMNS_MAX;
use crate::action::{ActionError, Inputs};
use crate::mapping::{FieldRule, ModuleSchema, nearest};

/// What Zoho's bulk write cannot fill from a cell.
const NO_CELLS: [&str; 6] = [
    "subform",
    "fileupload",
    "imageupload",
    "profileimage",
    "multiselectlookup",
    "multiuserlookup",
];

/// The columns that are written.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// Their places in the file.
    pub(super) places: Vec<usize>,
    /// Their fields; the headings of what is sent.
    pub(super) fields: Vec<String>,
    /// How Zoho shall read them.
    pub(super) mappings: Vec<BulkFieldMapping>,
}

/// What an import does, as far as columns matter.
pub(super) struct Rules<'a> {
    pub(super) operation: BulkOperation,
    pub(super) find_by: Option<&'a str>,
    pub(super) inputs: &'a Inputs,
    pub(super) schema: &'a ModuleSchema,
}

impl Rules<'_> {
    /// Finds the field of each heading.
    pub(super) fn columns(&self, headings: &[String]) -> Result<Columns, ActionError> {
        let named = self.inputs.values("columns");
        self.are_headings(named, headings)?;
        let mut columns = Columns {
            places: Vec::new(),
            fields: Vec::new(),
            mappings: Vec::new(),
        };
        let mut from: HashMap<String, &str> = HashMap::new();
        for (place, heading) in headings.iter().enumerate() {
            let field = match named.and_then(|named| named.get(heading)) {
                Some(Value::Null) => continue,
                Some(Value::String(name)) => self.field(name, heading)?,
                Some(other) => {
                    return Err(ActionError::input(
                        "columns",
                        Some(other),
                        format!("columns.{heading} names no field"),
                        "Write a field's API name, or null to leave the column out.",
                    ));
                }
                None => self.field_of_heading(heading)?,
            };
            if let Some(other) = from.insert(field.api_name.clone(), heading) {
                return Err(ActionError::input(
                    "file",
                    Some(&Value::from(heading.as_str())),
                    format!(
                        "the columns {other:?} and {heading:?} both go into {}",
                        field.api_name
                    ),
                    "Leave one of them out, with null in columns.",
                ));
            }
            self.is_writable(field, heading)?;
            let index = u32::try_from(columns.places.len()).unwrap_or(u32::MAX);
            columns.mappings.push(self.mapping(field, index));
            columns.places.push(place);
            columns.fields.push(field.api_name.clone());
        }
        self.constants(&mut columns)?;
        self.are_used("lookups", &columns)?;
        self.are_used("formats", &columns)?;
        self.is_complete(&columns)?;
        Ok(columns)
    }

    fn are_headings(
        &self,
        named: Option<&Map<String, Value>>,
        headings: &[String],
    ) -> Result<(), ActionError> {
        let stray = named
            .into_iter()
            .flatten()
            .find(|(heading, _)| !headings.contains(heading));
        let Some((heading, _)) = stray else {
            return Ok(());
        };
        let names = headings.iter().map(|name| (name.as_str(), name.as_str()));
        Err(ActionError::input(
            "columns",
            Some(&Value::from(heading.as_str())),
            format!("the file has no column {heading:?}"),
            match nearest(heading, names) {
                Some(near) => format!("Did you mean {near:?}?"),
                None => format!("Its columns are {}.", headings.join(", ")),
            },
        ))
    }

    fn field(&self, name: &str, heading: &str) -> Result<&FieldRule, ActionError> {
        self.schema
            .field(name)
            .ok_or_else(|| self.unknown(name, heading))
    }

    /// By API name; else by the label that people see, if only one field has it.
    fn field_of_heading(&self, heading: &str) -> Result<&FieldRule, ActionError> {
        if let Some(field) = self.schema.field(heading) {
            return Ok(field);
        }
        let is_meant = |field: &&FieldRule| {
            field.label.eq_ignore_ascii_case(heading)
                || field.api_name.eq_ignore_ascii_case(heading)
        };
        let mut meant = self.schema.fields().iter().filter(is_meant);
        match (meant.next(), meant.next()) {
            (Some(field), None) => Ok(field),
            _ => Err(self.unknown(heading, heading)),
        }
    }

    fn unknown(&self, name: &str, heading: &str) -> ActionError {
        let module = self.schema.module();
        let fields = self.schema.fields().iter();
        let names = fields.map(|field| (field.api_name.as_str(), field.label.as_str()));
        let remedy = match nearest(name, names) {
            Some(near) => format!(
                "Did you mean {near}? Write {{\"columns\": {{{heading:?}: {near:?}}}}}, or null to leave the column out."
            ),
            None => format!(
                "Write {{\"columns\": {{{heading:?}: \"Field_Name\"}}}}, or null to leave the column out; list_fields shows the fields of {module}."
            ),
        };
        ActionError::input(
            "file",
            Some(&Value::from(heading)),
            format!("the column {heading:?} belongs to no field: {module} has no field {name}"),
            remedy,
        )
    }

    fn is_writable(&self, field: &FieldRule, heading: &str) -> Result<(), ActionError> {
        let name = field.api_name.as_str();
        let is_key = self.find_by == Some(name);
        let is_writable = match self.operation {
            _ if name == "id" => is_key,
            BulkOperation::Insert => field.is_writable_on_insert,
            BulkOperation::Update => field.is_writable_on_update,
            BulkOperation::Upsert => field.is_writable_on_insert || field.is_writable_on_update,
        };
        let is_special = matches!(name, "Owner" | "Layout" | "Tag");
        let module = self.schema.module();
        if !(is_writable || is_key || is_special) {
            return Err(ActionError::input(
                "file",
                Some(&Value::from(heading)),
                format!("{name} in {module} cannot be written"),
                match name {
                    "id" => "Write \"find_by\": \"id\" with update or upsert, or leave the column out, with null in columns.".to_owned(),
                    _ => format!("Leave the column out: {{\"columns\": {{{heading:?}: null}}}}."),
                },
            ));
        }
        if NO_CELLS.contains(&field.data_type.as_str()) {
            return Err(ActionError::input(
                "file",
                Some(&Value::from(heading)),
                format!(
                    "{name} in {module} is of the type {}, which no cell of a file can fill",
                    field.data_type
                ),
                format!(
                    "Leave the column out: {{\"columns\": {{{heading:?}: null}}}}; create_bulk_write takes files of subforms."
                ),
            ));
        }
        Ok(())
    }

    /// Dates are read as they are exported, unless it is said otherwise. Zoho's own default for them is `MM/dd/yyyy`.
    fn mapping(&self, field: &FieldRule, index: u32) -> BulkFieldMapping {
        let said = |input: &str| self.inputs.values(input)?.get(&field.api_name)?.as_str();
        let mut mapping = BulkFieldMapping::column(&field.api_name, index);
        if matches!(
            field.data_type.as_str(),
            "lookup" | "ownerlookup" | "userlookup"
        ) {
            mapping = mapping.find_by(said("lookups").unwrap_or("id"));
        }
        match (said("formats"), field.data_type.as_str()) {
            (Some(format), _) => mapping.format(format),
            (None, "date") => mapping.format("yyyy-MM-dd"),
            _ => mapping,
        }
    }

    fn constants(&self, columns: &mut Columns) -> Result<(), ActionError> {
        for (name, value) in self.inputs.values("constants").into_iter().flatten() {
            let field = self.schema.field(name).ok_or_else(|| {
                let mut error = self.unknown(name, name);
                error.field = Some("constants".to_owned());
                error.message = format!("{} has no field {name}", self.schema.module());
                error
            })?;
            if columns.fields.contains(name) {
                return Err(ActionError::input(
                    "constants",
                    Some(&Value::from(name.as_str())),
                    format!("{name} is a column of the file too"),
                    "Leave one of both out.",
                ));
            }
            self.is_writable(field, name)?;
            columns
                .mappings
                .push(BulkFieldMapping::constant(name, value.clone()));
        }
        if columns.mappings.len() > COLUMNS_MAX {
            return Err(ActionError::input(
                "constants",
                None,
                format!("there are {} columns and constants", columns.mappings.len()),
                format!("Zoho takes at most {COLUMNS_MAX}; leave some out."),
            ));
        }
        Ok(())
    }

    /// What is said of a field that no column fills was meant for another.
    fn are_used(&self, input: &str, columns: &Columns) -> Result<(), ActionError> {
        let said = self.inputs.values(input).into_iter().flatten();
        for (name, value) in said {
            if !columns.fields.contains(name) || !value.is_string() {
                return Err(ActionError::input(
                    input,
                    Some(&Value::from(name.as_str())),
                    format!("{input}.{name} speaks of no column, or is no text"),
                    format!("Fields with a column are {}.", columns.fields.join(", ")),
                ));
            }
        }
        Ok(())
    }

    fn is_complete(&self, columns: &Columns) -> Result<(), ActionError> {
        let module = self.schema.module();
        if columns.places.is_empty() {
            return Err(ActionError::input(
                "columns",
                None,
                "no column is left",
                "Leave fewer columns out.",
            ));
        }
        match (self.operation, self.find_by) {
            (BulkOperation::Update | BulkOperation::Upsert, None) => {
                return Err(ActionError::input(
                    "find_by",
                    None,
                    "update and upsert need the field by which records are found",
                    "Write id, or a unique field such as Email.",
                ));
            }
            (_, Some(key)) if !columns.fields.iter().any(|field| field == key) => {
                return Err(ActionError::input(
                    "find_by",
                    Some(&Value::from(key)),
                    format!("no column of the file goes into {key}"),
                    "Add that column, or find records by another field.",
                ));
            }
            _ => {}
        }
        if self.operation == BulkOperation::Update {
            return Ok(());
        }
        let constants = self.inputs.values("constants");
        let is_given = |name: &String| {
            columns.fields.contains(name)
                || constants.is_some_and(|constants| constants.contains_key(name))
        };
        let missing = self
            .schema
            .fields()
            .iter()
            .find(|field| field.is_mandatory && !is_given(&field.api_name));
        match missing {
            None => Ok(()),
            Some(field) => {
                let mut error = ActionError::input(
                    field.api_name.clone(),
                    None,
                    format!(
                        "{} is mandatory in {module}, and the file has no column for it",
                        field.api_name
                    ),
                    format!(
                        "Add the column, name it in columns, or give {} in constants.",
                        field.api_name
                    ),
                );
                error.code = "MANDATORY_NOT_FOUND".to_owned();
                Err(error)
            }
        }
    }
}
