//! Puts what Zoho answers about one record into words that somebody in marketing can act on.
//!
//! The codes are those of Zoho's insert, update and upsert pages
//! (<https://www.zoho.com/crm/developer/docs/api/v8/upsert-records.html>) and of its status codes page.

mod invalid;
mod plain;
mod words;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use self::words::Refusal;
use super::datum::value_of;
use super::record::shorten;
use crate::model::problem::{Problem, Stage};

/// Explains Zoho's refusal of one record. `field` is the API name that Zoho blames, if the caller knows it already;
/// else it is taken from `details` (`api_name`, `json_path`), and the value from the record as it was sent.
#[must_use]
pub fn explain_refusal(
    code: &str,
    message: &str,
    field: Option<&str>,
    details: &Map<String, Value>,
    record: &RawValue,
    module: &str,
) -> Problem {
    if code == "MULTIPLE_OR_MULTI_ERRORS"
        && let Some(problem) = explain_first_of_many(details, record, module)
    {
        return problem;
    }
    let refusal = Refusal {
        code,
        message,
        details,
        module,
        field: field.or_else(|| blamed_field(details)),
    };
    let (what, remedy) = refusal.words();
    Problem {
        stage: Stage::Zoho,
        code: code.to_owned(),
        field: refusal.field.map(str::to_owned),
        value: refused_value(refusal.field, details, record),
        message: what,
        remedy,
    }
}

/// The field that Zoho names: `api_name`, or the last name of `json_path`.
fn blamed_field(details: &Map<String, Value>) -> Option<&str> {
    let by_path = || {
        let (_, path) = text_at(details, "json_path")?.rsplit_once('.')?;
        path.split('[')
            .next()
            .filter(|name| !name.is_empty() && *name != "data")
    };
    text_at(details, "api_name").or_else(by_path)
}

/// Several unique fields clash: the first clash speaks, the others are counted.
fn explain_first_of_many(
    details: &Map<String, Value>,
    record: &RawValue,
    module: &str,
) -> Option<Problem> {
    let errors = details.get("errors")?.as_array()?;
    let first = errors.first()?.as_object()?;
    let none = Map::new();
    let first_details = first
        .get("details")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    // One level is all that Zoho documents; a list within the list would be explained as an unknown code.
    let code = text_at(first, "code").filter(|&code| code != "MULTIPLE_OR_MULTI_ERRORS")?;
    let mut problem = explain_refusal(
        code,
        text_at(first, "message").unwrap_or_default(),
        None,
        first_details,
        record,
        module,
    );
    let fields: Vec<&str> = errors
        .iter()
        .skip(1)
        .filter_map(|error| text_at(error.get("details")?.as_object()?, "api_name"))
        .collect();
    if errors.len() > 1 {
        let others = if fields.is_empty() {
            format!("{} more", errors.len() - 1)
        } else {
            fields.join(", ")
        };
        problem.message = format!("{} Zoho found more to refuse: {others}.", problem.message);
    }
    Some(problem)
}

/// The value that Zoho blames: by `json_path` where it leads somewhere, else by the field's name.
fn refused_value(
    field: Option<&str>,
    details: &Map<String, Value>,
    record: &RawValue,
) -> Option<Value> {
    let record = value_of(record);
    let by_path = text_at(details, "json_path").and_then(|path| value_at(&record, path));
    by_path
        .or_else(|| record.get(field?))
        .filter(|value| !value.is_null())
        .cloned()
        .map(shorten)
}

/// Follows `$.data[3].Quoted_Items[0].Product_Name` within the record.
fn value_at<'r>(record: &'r Value, json_path: &str) -> Option<&'r Value> {
    let (_, path) = json_path.strip_prefix("$.data[")?.split_once("].")?;
    path.split(['.', '['])
        .try_fold(record, |value, part| match part.strip_suffix(']') {
            Some(index) => value.get(index.parse::<usize>().ok()?),
            None => value.get(part),
        })
}

fn text_at<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    map.get(key)?.as_str()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::record::SHOWN_CHARACTERS_MAX;
    use super::*;

    fn explain(code: &str, message: &str, details: Value, record: &Value) -> Problem {
        let Value::Object(details) = details else {
            panic!("details are an object")
        };
        let record = RawValue::from_string(record.to_string()).unwrap();
        explain_refusal(code, message, None, &details, &record, "Leads")
    }

    #[test]
    fn puts_every_documented_refusal_into_words() {
        let at =
            |field: &str| json!({"api_name": field, "json_path": format!("$.data[0].{field}")});
        let with = |field: &str, key: &str, value: Value| {
            let mut details = at(field);
            details[key] = value;
            details
        };
        let duplicate = with(
            "Email",
            "duplicate_record",
            json!({"Owner": {"name": "Ada Ray", "id": "17"}, "module": {"api_name": "Leads", "id": "2"}, "id": "511000000042"}),
        );
        let invalid = "invalid data";
        let refusals = [
            (
                "MANDATORY_NOT_FOUND",
                "required field not found",
                at("Last_Name"),
            ),
            (
                "MANDATORY_NOT_FOUND",
                "required field not found",
                with(
                    "City",
                    "layout_rule",
                    json!({"name": "Web leads", "id": "1"}),
                ),
            ),
            (
                "EXPECTED_FIELD_MISSING",
                "one of the expected fields is missing",
                json!({"expected_fields": [{"api_name": "Email"}, {"api_name": "Phone"}]}),
            ),
            (
                "INVALID_DATA",
                invalid,
                with("No_of_Employees", "expected_data_type", json!("integer")),
            ),
            (
                "INVALID_DATA",
                invalid,
                with("Email", "maximum_length", json!(100)),
            ),
            (
                "INVALID_DATA",
                invalid,
                with("Stage", "supported_values", json!(["Open", "Won"])),
            ),
            (
                "INVALID_DATA",
                invalid,
                with("Probability", "range", json!({"from": 0, "to": 100})),
            ),
            (
                "INVALID_DATA",
                invalid,
                with("Amount", "maximum_decimal_place", json!(2)),
            ),
            ("INVALID_DATA", invalid, at("Email")),
            ("INVALID_DATA", "the id given seems to be invalid", at("id")),
            (
                "INVALID_DATA",
                "the field api name given seems to be invalid",
                at("Colour"),
            ),
            ("INVALID_DATA", invalid, json!({})),
            ("DUPLICATE_DATA", "duplicate data", duplicate),
            (
                "DUPLICATE_DATA",
                "duplicate data",
                json!({"api_name": "Email", "id": "511000000042"}),
            ),
            (
                "MULTIPLE_OR_MULTI_ERRORS",
                "Multiple errors in the request",
                json!({"errors": [
                    {"code": "DUPLICATE_DATA", "details": at("Email"), "message": "duplicate data", "status": "error"},
                    {"code": "DUPLICATE_DATA", "details": at("Phone"), "message": "duplicate data", "status": "error"},
                ]}),
            ),
            (
                "MULTIPLE_OR_MULTI_ERRORS",
                "Multiple errors in the request",
                json!({}),
            ),
            (
                "DEPENDENT_FIELD_MISSING",
                "required field not found",
                with("What_Id", "dependee", at("$se_module")),
            ),
            (
                "DEPENDENT_MISMATCH",
                "Call Duration can not be zero.",
                at("Call_Duration"),
            ),
            (
                "MAPPING_MISMATCH",
                "Pipeline doesn't contain the Stage",
                with("Stage", "mapped_field", json!("Pipeline")),
            ),
            (
                "DEPENDENT_SERVICE_ERROR",
                "error",
                json!({"dependency_error": "LIMIT_EXCEEDED"}),
            ),
            (
                "LIMIT_EXCEEDED",
                "limit exceeded",
                with("Tag", "maximum_length", json!(10)),
            ),
            (
                "DUPLICATE_LINKING_DATA",
                "duplicate association",
                json!({"linking_fields": [], "id": "1"}),
            ),
            (
                "RECORD_LOCKED",
                "Sorry, you cannot perform this operation as the record is locked.",
                with("id", "action", json!("record_locking")),
            ),
            (
                "NOT_APPROVED",
                "Cannot update record that is not approved yet",
                json!({}),
            ),
            ("NOT_REVIEWED", "record in review", json!({})),
            (
                "NO_PERMISSION",
                "Permission denied to create",
                json!({"permissions": ["Crm_Implied_Create_Leads"]}),
            ),
            ("AUTHORIZATION_FAILED", "not privileged", json!({})),
            (
                "INVALID_MODULE",
                "the module name given seems to be invalid",
                json!({"resource_path_index": 0}),
            ),
            (
                "ALREADY_MODIFIED",
                "record updated time has already passed if-unmodified-since time",
                json!({}),
            ),
            ("RECORD_IN_BLUEPRINT", "record in blueprint", json!({})),
            ("ID_ALREADY_CONVERTED", "id already converted", json!({})),
            (
                "INVALID_REQUEST_METHOD",
                "The http request method type is not a valid one",
                json!({"resource_path_index": 0}),
            ),
            (
                "INVALID_REQUEST",
                "unable to process your request",
                json!({}),
            ),
            ("INACTIVE_USER", "inactive user cannot access", json!({})),
            (
                "TERRITORY_NOT_ENABLED",
                "Territory feature is not enabled",
                json!({}),
            ),
            ("INTERNAL_ERROR", "Internal Server Error", json!({})),
            ("SOMETHING_NEW", "nobody knows", at("Email")),
            ("SOMETHING_NEW", "", json!({})),
        ];
        let record = json!({"Email": "ada@example.com", "No_of_Employees": "many", "Stage": "Lost", "Colour": "blue"});
        let texts = refusals.map(|(code, message, details)| {
            let problem = explain(code, message, details, &record);
            assert_eq!(
                (problem.stage, problem.code.is_empty()),
                (Stage::Zoho, false)
            );
            let value = problem
                .value
                .map_or(String::new(), |value| format!(" = {value}"));
            let field = problem.field.unwrap_or_default();
            format!(
                "{} {field}{value}\n    {}\n    {}",
                problem.code, problem.message, problem.remedy
            )
        });
        insta::assert_snapshot!(texts.join("\n"));
    }

    #[test]
    fn finds_the_value_that_zoho_blames() {
        let record =
            json!({"Email": "x".repeat(500), "Quoted_Items": [{"Quantity": 1}, {"Quantity": -3}]});
        let nested =
            json!({"api_name": "Quantity", "json_path": "$.data[7].Quoted_Items[1].Quantity"});
        assert_eq!(
            explain("INVALID_DATA", "", nested, &record).value,
            Some(json!(-3))
        );
        let long = explain("INVALID_DATA", "", json!({"api_name": "Email"}), &record)
            .value
            .unwrap();
        assert_eq!(
            long.as_str().unwrap().chars().count(),
            SHOWN_CHARACTERS_MAX + 1
        );
        assert_eq!(
            explain("INVALID_DATA", "", json!({"api_name": "Phone"}), &record).value,
            None
        );
    }

    #[test]
    fn the_callers_field_counts_where_zoho_names_none() {
        let record = RawValue::from_string(r#"{"Email":"x"}"#.to_owned()).unwrap();
        let explain = |field, details: Value| {
            let details = details.as_object().unwrap();
            explain_refusal(
                "INVALID_DATA",
                "invalid data",
                field,
                details,
                &record,
                "Leads",
            )
        };
        let problem = explain(Some("Email"), json!({}));
        assert_eq!(
            (problem.field.as_deref(), problem.value),
            (Some("Email"), Some(json!("x")))
        );
        let problem = explain(None, json!({"json_path": "$.data[0].Email"}));
        assert_eq!(
            (problem.field.as_deref(), problem.value),
            (Some("Email"), Some(json!("x")))
        );
        assert_eq!(explain(None, json!({"json_path": "$.data[0]"})).field, None);
    }

    proptest! {
        #[test]
        fn never_panics(
            code in prop_oneof![
                "[A-Z_]{0,12}",
                proptest::sample::select(vec!["INVALID_DATA", "DUPLICATE_DATA", "MULTIPLE_OR_MULTI_ERRORS", "LIMIT_EXCEEDED"])
                    .prop_map(str::to_owned),
            ],
            message in any::<String>(),
            json_path in "(\\$\\.data\\[0\\]\\.)?[a\\[\\].0-9]{0,12}",
            errors in prop_oneof![Just(json!([])), Just(json!(null)), Just(json!([1])), Just(json!([{"code": "MULTIPLE_OR_MULTI_ERRORS"}]))],
        ) {
            let problem = explain(&code, &message, json!({"api_name": 3, "json_path": json_path, "errors": errors}), &json!({"a": [1]}));
            prop_assert!(!problem.message.is_empty() && !problem.remedy.is_empty());
        }
    }
}
