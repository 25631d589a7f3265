//! Why a record was refused, in words for whoever called: what they speak of is a request, not an event and its mapping.

use crate::model::problem::Problem;

/// The same problem for a caller of an action.
pub(super) fn for_caller(mut problem: Problem, module: &str) -> Problem {
    let field = problem.field.as_deref().unwrap_or("it");
    let is_unknown_field = problem.message.contains("has no field");
    if problem.code == "MANDATORY_NOT_FOUND" {
        problem.message = format!("{field} is mandatory in {module}, and was not given.");
    }
    problem.remedy = match problem.code.as_str() {
        "MANDATORY_NOT_FOUND" => format!("Give {field} a value."),
        "INVALID_DATA" if field == "id" => {
            "Look the id up again; the record may have been deleted or merged.".to_owned()
        }
        "INVALID_DATA" if is_unknown_field => format!(
            "Correct the name; list_fields shows the fields of {module}. Or create the field in Zoho."
        ),
        "INVALID_DATA" if problem.field.is_some() => {
            format!("Correct the value; list_fields shows what {field} takes.")
        }
        "DUPLICATE_DATA" => {
            "Update the record that is there, whose id stands in Zoho's details; or use upsert_record.".to_owned()
        }
        "ALREADY_MODIFIED" => "Read the record again, and decide anew.".to_owned(),
        "NO_PERMISSION" => {
            "Give the profile of the user who granted the connection the permission in Zoho.".to_owned()
        }
        _ => "Zoho's details name the cause; correct what they name.".to_owned(),
    };
    problem
}
