//! The built-in mapping "lead-capture": what a lead form or a sign-up tells, as a record of the module Leads.

use crate::model::config::{EventMatch, FieldMapping, MappingConfig, Transform};
use crate::model::event::EventKind;

/// The preset's name.
pub const LEAD_CAPTURE: &str = "lead-capture";

/// Where people's details stand in an event, best first.
const PLACES: [&str; 3] = ["traits", "properties", "context.traits"];

/// The events that make a lead: each identify, and what happens when somebody leaves their details.
#[must_use]
pub fn lead_capture_events() -> Vec<EventMatch> {
    let tracks = ["Identified", "Lead Generated", "Signed Up"];
    std::iter::once(EventMatch {
        kind: EventKind::Identify,
        name: None,
    })
    .chain(tracks.map(|name| EventMatch {
        kind: EventKind::Track,
        name: Some(name.to_owned()),
    }))
    .collect()
}

/// The preset as configuration, which people may export, change and apply under the same name.
///
/// No field is required here: what Zoho requires (`Last_Name`) is found by the check against the module, which
/// leaves a record that can be mended.
#[must_use]
pub fn lead_capture_mapping() -> MappingConfig {
    use Transform::{Lowercase, Text, Trim};
    let full_names = everywhere(&["name", "fullName", "full_name", "fullname"]);
    let part_of_name = |part: &str| {
        full_names
            .iter()
            .map(|path| format!("{path} | {part}"))
            .collect::<Vec<_>>()
    };
    MappingConfig {
        name: LEAD_CAPTURE.to_owned(),
        fields: vec![
            field(
                "First_Name",
                [
                    everywhere(&["firstName", "first_name", "firstname"]),
                    part_of_name("first_name"),
                ]
                .concat(),
                &[Text, Trim],
            ),
            field(
                "Last_Name",
                [
                    everywhere(&["lastName", "last_name", "lastname"]),
                    part_of_name("last_name"),
                ]
                .concat(),
                &[Text, Trim],
            ),
            field(
                "Email",
                everywhere(&["email", "emailAddress", "email_address"]),
                &[Trim, Lowercase],
            ),
            field(
                "Phone",
                everywhere(&["phone", "phoneNumber", "phone_number", "mobile"]),
                &[Text, Trim],
            ),
            field(
                "Company",
                everywhere(&["company.name", "company", "companyName", "company_name"]),
                &[Text, Trim],
            ),
            field(
                "Designation",
                everywhere(&["jobTitle", "job_title"]),
                &[Text, Trim],
            ),
            field("Website", everywhere(&["website"]), &[Text, Trim]),
            field("Lead_Source", lead_sources(), &[Text, Trim]),
            field(
                "Description",
                everywhere(&["message", "description", "formName", "form_name"]),
                &[Text, Trim],
            ),
        ],
    }
}

/// What the page or form says of itself goes before what the visitor's campaign link says.
fn lead_sources() -> Vec<String> {
    let mut paths = everywhere(&["leadSource", "lead_source", "source"]);
    paths.push("context.campaign.source".to_owned());
    paths
}

fn everywhere(names: &[&str]) -> Vec<String> {
    names
        .iter()
        .flat_map(|name| PLACES.map(|place| format!("{place}.{name}")))
        .collect()
}

fn field(name: &str, from: Vec<String>, transform: &[Transform]) -> FieldMapping {
    FieldMapping {
        field: name.to_owned(),
        from,
        value: None,
        default: None,
        transform: transform.to_vec(),
        required: false,
    }
}
