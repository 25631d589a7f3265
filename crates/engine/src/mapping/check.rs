//! Checks a record against its module's field metadata, so that no call is spent on what Zoho would refuse.
//!
//! A false refusal loses a sale, so only that is refused which Zoho's documentation says it refuses. In
//! particular, picklist values that the metadata doesn't list pass, since Zoho stores them as new ones. Two rules
//! are stricter than the API, on purpose: a field that the module doesn't have, and one that can never be
//! written. Zoho is seen to ignore those without a word, and the visitor's answer would be lost unnoticed.

use serde_json::value::RawValue;

use super::check_value::{Fault, fault_of};
use super::datum::value_of;
use super::nearest::nearest;
use super::record::{for_each_field, shorten};
use super::schema::{FieldRule, ModuleSchema};
use crate::model::delivery::Operation;
use crate::model::problem::{Problem, Stage};

/// Keys that a record may have beside its module's fields: what the insert page of Zoho's API lists. Those that
/// begin with `$` may stand there too.
const SPECIAL_KEYS: [&str; 5] = ["id", "Layout", "Owner", "Tag", "Wizard"];

/// How a record will be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// As a new record.
    Insert,
    /// Over the record that is there; what is left out stays as it is.
    Update,
    /// One or the other.
    Upsert,
}

impl From<Operation> for Writing {
    fn from(operation: Operation) -> Self {
        match operation {
            Operation::Insert => Self::Insert,
            Operation::Upsert => Self::Upsert,
        }
    }
}

/// Checks a record, in one pass, before it goes to Zoho.
///
/// Types, lengths and patterns are those of Zoho's field types
/// (<https://www.zoho.com/crm/developer/docs/api/v8/field-meta.html> and `insert-records.html` there).
///
/// # Errors
///
/// All problems of the record, in the order of its fields, then the mandatory fields that it lacks. Their codes are
/// Zoho's: `INVALID_DATA` and `MANDATORY_NOT_FOUND`.
pub fn check(
    record: &RawValue,
    schema: &ModuleSchema,
    writing: impl Into<Writing>,
) -> Result<(), Vec<Problem>> {
    let writing = writing.into();
    let mut problems = Vec::new();
    let mut missing = match writing {
        Writing::Update => Vec::new(),
        Writing::Insert | Writing::Upsert => schema.mandatory.clone(),
    };
    let outcome = for_each_field(record, |name, raw| {
        let Some(number) = schema.names.find(name.as_bytes()) else {
            if !is_special(name) {
                problems.push(unknown_field(schema, name, raw));
            }
            return;
        };
        let field = &schema.fields()[number];
        if matches!(raw.get(), "null" | "\"\"") {
            return;
        }
        if field.is_mandatory {
            missing.retain(|&other| other != number);
        }
        if !is_writable(field, writing) && !is_special(name) {
            problems.push(read_only_field(schema, field, raw));
        } else if let Some(fault) = fault_of(raw, field, schema.shapes[number]) {
            problems.push(faulty_value(schema, field, raw, fault));
        }
    });
    if let Err(error) = outcome {
        problems.push(no_record(&error));
    }
    problems.extend(
        missing
            .into_iter()
            .map(|number| missing_field(schema, &schema.fields()[number])),
    );
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

/// Whether any write of this kind may write the field.
pub(crate) fn may_write(field: &FieldRule, writing: impl Into<Writing>) -> bool {
    is_special(&field.api_name) || is_writable(field, writing.into())
}

/// Why a value does not fit a field of the module.
pub(crate) fn fault(
    field: &FieldRule,
    schema: &ModuleSchema,
    value: &serde_json::Value,
) -> Option<String> {
    let number = schema.names.find(field.api_name.as_bytes())?;
    let raw = serde_json::value::to_raw_value(value).ok()?;
    let fault = fault_of(&raw, field, schema.shapes[number])?;
    Some(format!(
        "{} in {} {}",
        title(field),
        schema.module(),
        fault.message
    ))
}

fn is_special(name: &str) -> bool {
    name.starts_with('$') || SPECIAL_KEYS.contains(&name)
}

/// An upsert may become an insert or an update, so it is enough that one of them may write the field.
fn is_writable(field: &FieldRule, writing: Writing) -> bool {
    match writing {
        Writing::Insert => field.is_writable_on_insert,
        Writing::Update => field.is_writable_on_update,
        Writing::Upsert => field.is_writable_on_insert || field.is_writable_on_update,
    }
}

/// `Last Name (Last_Name)`, or the API name alone where both say the same.
fn title(field: &FieldRule) -> String {
    if field.label.is_empty() || field.label == field.api_name {
        field.api_name.clone()
    } else {
        format!("{} ({})", field.label, field.api_name)
    }
}

fn problem(
    code: &str,
    field: &str,
    raw: Option<&RawValue>,
    message: String,
    remedy: String,
) -> Problem {
    Problem {
        stage: Stage::Check,
        code: code.to_owned(),
        field: Some(field.to_owned()),
        value: raw.map(|raw| shorten(value_of(raw))),
        message,
        remedy,
    }
}

fn unknown_field(schema: &ModuleSchema, name: &str, raw: &RawValue) -> Problem {
    let candidates = schema
        .fields()
        .iter()
        .map(|field| (field.api_name.as_str(), field.label.as_str()));
    let module = schema.module();
    let (hint, remedy) = match nearest(name, candidates) {
        Some(near) => (
            format!("; the nearest is {near}"),
            format!(
                "Write {near} instead of {name} in the mapping, or create the field {name} in Zoho, and replay."
            ),
        ),
        None => (
            String::new(),
            format!("Take {name} out of the mapping, or create that field in Zoho, and replay."),
        ),
    };
    problem(
        "INVALID_DATA",
        name,
        Some(raw),
        format!("{module} has no field {name}{hint}."),
        remedy,
    )
}

fn read_only_field(schema: &ModuleSchema, field: &FieldRule, raw: &RawValue) -> Problem {
    let (title, name, module) = (title(field), &field.api_name, schema.module());
    problem(
        "INVALID_DATA",
        name,
        Some(raw),
        format!("{title} in {module} is filled by Zoho itself and cannot be written."),
        format!("Take {name} out of the mapping (and out of this record), and replay."),
    )
}

fn missing_field(schema: &ModuleSchema, field: &FieldRule) -> Problem {
    let (title, name, module) = (title(field), &field.api_name, schema.module());
    let label = if field.label.is_empty() {
        name
    } else {
        &field.label
    };
    problem(
        "MANDATORY_NOT_FOUND",
        name,
        None,
        format!("{title} is mandatory in {module}, and the event had none."),
        format!(
            "Fill in {name} here and replay; to prevent it, ask for the {label} in the form, or give {name} a default in the mapping."
        ),
    )
}

fn faulty_value(schema: &ModuleSchema, field: &FieldRule, raw: &RawValue, fault: Fault) -> Problem {
    let (title, module) = (title(field), schema.module());
    problem(
        "INVALID_DATA",
        &field.api_name,
        Some(raw),
        format!("{title} in {module} {}.", fault.message),
        fault.remedy,
    )
}

fn no_record(error: &serde_json::Error) -> Problem {
    Problem {
        stage: Stage::Check,
        code: "INVALID_DATA".to_owned(),
        field: None,
        value: None,
        message: format!("The record is no JSON object that can be read: {error}."),
        remedy: "Write the record as one object of field API names and values, and replay."
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::schema::PickListValue;
    use super::*;

    fn rule(api_name: &str, data_type: &str, json_type: &str, length: u32) -> FieldRule {
        FieldRule {
            api_name: api_name.to_owned(),
            label: api_name.replace("__c", "").replace('_', " "),
            data_type: data_type.to_owned(),
            json_type: Some(json_type.to_owned()),
            length: Some(length),
            is_writable_on_insert: true,
            is_writable_on_update: true,
            ..FieldRule::default()
        }
    }

    /// Each kind of field once, in the module Leads.
    fn leads() -> ModuleSchema {
        let option = |text: &str| PickListValue {
            display_value: text.to_owned(),
            reference_value: text.to_owned(),
        };
        ModuleSchema::new(
            "Leads",
            [
                FieldRule {
                    is_mandatory: true,
                    ..rule("Last_Name", "text", "string", 80)
                },
                FieldRule {
                    label: "Title".to_owned(),
                    ..rule("Designation", "text", "string", 100)
                },
                rule("Email", "email", "string", 100),
                rule("Phone", "phone", "string", 30),
                rule("Website", "website", "string", 255),
                FieldRule {
                    pick_list_values: vec![option("Cold Call"), option("Trade Show")],
                    ..rule("Lead_Source", "picklist", "string", 20)
                },
                rule("Description", "textarea", "string", 32000),
                rule("No_of_Employees", "integer", "integer", 9),
                rule("Annual_Revenue", "currency", "double", 16),
                rule("Account_Number__c", "bigint", "string", 18),
                rule("Email_Opt_Out", "boolean", "boolean", 5),
                rule("Interests__c", "multiselectpicklist", "jsonarray", 1000),
                rule("Birthday__c", "date", "string", 20),
                rule("Callback_At__c", "datetime", "string", 20),
                FieldRule {
                    lookup_module: Some("Accounts".to_owned()),
                    ..rule("Partner__c", "lookup", "jsonobject", 120)
                },
                rule("Tag", "text", "jsonarray", 2000),
                rule("Owner", "ownerlookup", "jsonobject", 120),
                rule("Mystery__c", "somethingnew", "string", 1),
                FieldRule {
                    is_writable_on_insert: false,
                    is_writable_on_update: false,
                    ..rule("Full_Name", "text", "string", 120)
                },
                FieldRule {
                    is_writable_on_insert: false,
                    is_writable_on_update: false,
                    ..rule("id", "bigint", "string", 18)
                },
                FieldRule {
                    is_writable_on_insert: false,
                    ..rule("Rating", "text", "string", 120)
                },
            ],
        )
    }

    fn check_json(record: &str) -> Result<(), Vec<Problem>> {
        check(
            &RawValue::from_string(record.to_owned()).unwrap(),
            &leads(),
            Operation::Upsert,
        )
    }

    /// Checks one value beside a good last name.
    fn problem_of(field: &str, value: &Value) -> Option<Problem> {
        let mut record = json!({"Last_Name": "Ray"});
        record[field] = value.clone();
        let mut problems = check_json(&record.to_string()).err()?;
        assert_eq!(problems.len(), 1, "{problems:?}");
        problems.pop()
    }

    #[test]
    fn passes_what_zoho_takes() {
        let right = [
            ("Last_Name", json!("L".repeat(80))),
            ("Last_Name", json!("ä".repeat(80))),
            ("Last_Name", json!("😀\"\n")),
            ("Email", json!("ada.ray+news@mail.example.com")),
            ("Email", json!("ädä@exämple.museum")),
            ("Phone", json!("+49 (711) 123-45;67,8#9.0 ext")),
            ("Website", json!("no scheme at all")),
            ("Lead_Source", json!("a new option")),
            ("No_of_Employees", json!(999_999_999)),
            ("No_of_Employees", json!(-12)),
            ("No_of_Employees", json!(12.0)),
            ("Annual_Revenue", json!(1)),
            ("Annual_Revenue", json!(1234567890123456.5)),
            ("Annual_Revenue", json!(0.123456789012)),
            ("Account_Number__c", json!("0012345600012")),
            ("Account_Number__c", json!(12_345_678_901_u64)),
            ("Email_Opt_Out", json!(false)),
            ("Interests__c", json!(["A", "new"])),
            ("Interests__c", json!([])),
            ("Birthday__c", json!("2024-02-29")),
            ("Callback_At__c", json!("2026-01-31T09:00:00+05:30")),
            ("Callback_At__c", json!("2026-01-31T09:00:00Z")),
            ("Partner__c", json!({"id": "5112233000001234567"})),
            ("Partner__c", json!({"id": 5_112_233_000_001_234_567_u64})),
            ("Partner__c", json!({"name": "Acme"})),
            ("Owner", json!({"email": "ada@example.com"})),
            ("Tag", json!([{"name": "vip"}])),
            ("Mystery__c", json!({"any": "thing"})),
            ("Rating", json!("an update may write it")),
            ("$append_values", json!({"Interests__c": true})),
            ("Layout", json!({"id": "511"})),
            ("id", json!("5112233000001234567")),
            ("Email", json!(null)),
            ("Email_Opt_Out", json!(null)),
            ("Email", json!("")),
        ];
        for (field, value) in right {
            assert_eq!(problem_of(field, &value), None, "{field}: {value}");
        }
    }

    #[test]
    fn refuses_what_zoho_refuses() {
        let wrong = [
            ("Last_Name", json!("L".repeat(81))),
            ("Last_Name", json!(5)),
            ("Email", json!("ada@example")),
            ("Email", json!("ada ray@example.com")),
            ("Email", json!("a@b@example.com")),
            ("Email", json!("@example.com")),
            ("Email", json!("ada@example..com")),
            ("Email", json!(format!("{}@example.com", "a".repeat(90)))),
            ("Phone", json!("0711/12345")),
            ("Phone", json!("1".repeat(31))),
            ("Lead_Source", json!("a much too long option")),
            ("Lead_Source", json!(["Cold Call"])),
            ("No_of_Employees", json!("12")),
            ("No_of_Employees", json!(12.5)),
            ("No_of_Employees", json!(1_000_000_000)),
            ("Annual_Revenue", json!("1,200")),
            ("Annual_Revenue", json!(1e17)),
            ("Account_Number__c", json!("12a")),
            ("Account_Number__c", json!("1".repeat(20))),
            ("Email_Opt_Out", json!("true")),
            ("Interests__c", json!("A;B")),
            ("Birthday__c", json!("31.01.2026")),
            ("Birthday__c", json!("2026-02-29")),
            ("Callback_At__c", json!("2026-01-31 09:00")),
            ("Callback_At__c", json!("2026-01-31T09:00:00.123+00:00")),
            ("Callback_At__c", json!("2026-01-31T09:00:00")),
            ("Partner__c", json!("5112233000001234567")),
            ("Partner__c", json!({"id": "Acme"})),
            ("Full_Name", json!("Ada Ray")),
            ("Title", json!("CTO")),
            ("LastName", json!("Ray")),
            ("Favourite_Colour", json!("blue")),
        ];
        let texts = wrong.map(|(field, value)| {
            let problem =
                problem_of(field, &value).unwrap_or_else(|| panic!("{field} takes {value}"));
            format!(
                "{} {field}\n    {}\n    {}",
                problem.code, problem.message, problem.remedy
            )
        });
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn a_missing_mandatory_field_is_found_however_it_is_missing() {
        for record in ["{}", r#"{"Last_Name":null}"#, r#"{"Last_Name":""}"#] {
            let problems = check_json(record).unwrap_err();
            insta::allow_duplicates! {
                insta::assert_json_snapshot!("missing_last_name", problems);
            }
        }
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let problems = check_json(r#"{"Email":"x","Phone":"/","Colour":1}"#).unwrap_err();
        let fields: Vec<&str> = problems
            .iter()
            .filter_map(|problem| problem.field.as_deref())
            .collect();
        assert_eq!(fields, ["Email", "Phone", "Colour", "Last_Name"]);
    }

    #[test]
    fn an_insert_needs_fields_that_an_insert_may_write() {
        let record =
            RawValue::from_string(r#"{"Last_Name":"Ray","Rating":"Active"}"#.to_owned()).unwrap();
        assert!(check(&record, &leads(), Operation::Insert).is_err());
        assert!(check(&record, &leads(), Operation::Upsert).is_ok());
    }

    #[test]
    fn an_update_may_leave_out_what_is_mandatory() {
        let record = RawValue::from_string(r#"{"id":"1","Rating":"Active"}"#.to_owned()).unwrap();
        assert!(check(&record, &leads(), Writing::Update).is_ok());
        let record = RawValue::from_string(r#"{"id":"1","Email":"x"}"#.to_owned()).unwrap();
        assert_eq!(
            check(&record, &leads(), Writing::Update).unwrap_err().len(),
            1
        );
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for text in ["[]", "null", "\"a\"", "1"] {
            assert_eq!(check_json(text).unwrap_err()[0].code, "INVALID_DATA");
        }
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[0-9a@.T:+-]{0,30}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                proptest::collection::vec(("id|name|a", inner), 0..3)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    fn any_field() -> impl Strategy<Value = String> {
        let names: Vec<String> = leads()
            .fields()
            .iter()
            .map(|field| field.api_name.clone())
            .collect();
        prop_oneof![proptest::sample::select(names), any::<String>()]
    }

    proptest! {
        #[test]
        fn never_panics_and_blames_only_what_is_there(
            record in proptest::collection::btree_map(any_field(), any_json(), 0..5),
        ) {
            let text = serde_json::to_string(&record).unwrap();
            for problem in check_json(&text).err().unwrap_or_default() {
                let field = problem.field.unwrap();
                prop_assert!(record.contains_key(&field) || field == "Last_Name");
                prop_assert_eq!(problem.stage, Stage::Check);
            }
        }

        #[test]
        fn accepts_what_fits(
            last_name in "[^\u{0}]{1,80}",
            email in "[a-z0-9._%+-]{1,20}@[a-z0-9-]{1,20}(\\.[a-z]{2,22}){1,2}",
            phone in "[0-9A-Za-z+.() #;,-]{0,30}",
            employees in -999_999_999_i32..=999_999_999,
            revenue in -1e15_f64..1e15,
            date in (1_i16..9999, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| jiff::civil::date(y, m, d).to_string()),
        ) {
            let record = json!({
                "Last_Name": last_name, "Email": email, "Phone": phone, "No_of_Employees": employees,
                "Annual_Revenue": revenue, "Birthday__c": date,
            });
            prop_assert_eq!(check_json(&record.to_string()), Ok(()));
        }
    }
}
