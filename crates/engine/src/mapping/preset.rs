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
    let full_names = everywhere(&["fullName", "full_name", "fullname", "name"]);
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

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::super::CompiledMapping;
    use super::*;

    fn record(payload: &str) -> String {
        let mapping = CompiledMapping::compile(&lead_capture_mapping()).unwrap();
        let payload = RawValue::from_string(payload.to_owned()).unwrap();
        mapping.apply(&payload).unwrap().json.get().to_owned()
    }

    #[test]
    fn wants_what_makes_a_lead() {
        let events: Vec<String> = lead_capture_events()
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            events,
            [
                "identify",
                "track:Identified",
                "track:Lead Generated",
                "track:Signed Up"
            ]
        );
    }

    #[test]
    fn an_identify_becomes_a_lead() {
        let identify = r#"{"type":"identify","userId":"user-123","traits":{"email":"Jane.Doe@Example.com","firstName":"Jane",
            "lastName":"Doe","phone":"+44 7700 900123","company":{"name":"Acme Ltd"},"jobTitle":"CTO","website":"acme.example"}}"#;
        assert_eq!(
            record(identify),
            r#"{"First_Name":"Jane","Last_Name":"Doe","Email":"jane.doe@example.com","Phone":"+44 7700 900123","Company":"Acme Ltd","Designation":"CTO","Website":"acme.example"}"#
        );
    }

    #[test]
    fn a_form_becomes_a_lead_with_source_and_description() {
        let track = r#"{"type":"track","event":"Lead Generated",
            "properties":{"form_name":"Request a Demo","source":"Website","first_name":"Jane"},
            "context":{"campaign":{"source":"newsletter"},"traits":{"email":"jane@example.com","last_name":"Doe","company":"Acme Ltd"}}}"#;
        assert_eq!(
            record(track),
            r#"{"First_Name":"Jane","Last_Name":"Doe","Email":"jane@example.com","Company":"Acme Ltd","Lead_Source":"Website","Description":"Request a Demo"}"#
        );
    }

    #[test]
    fn a_full_name_is_split_only_where_the_parts_are_missing() {
        assert_eq!(
            record(r#"{"traits":{"name":"Ada Maria Ray"}}"#),
            r#"{"First_Name":"Ada Maria","Last_Name":"Ray"}"#
        );
        assert_eq!(
            record(r#"{"traits":{"name":"Ray"}}"#),
            r#"{"Last_Name":"Ray"}"#
        );
        assert_eq!(
            record(
                r#"{"traits":{"name":"Jan van der Berg","lastName":"van der Berg","firstName":"Jan"}}"#
            ),
            r#"{"First_Name":"Jan","Last_Name":"van der Berg"}"#
        );
        assert_eq!(record(r#"{"event":"Signed Up"}"#), "{}");
    }

    #[test]
    fn the_preset_is_what_people_export() {
        insta::assert_snapshot!(toml::to_string(&lead_capture_mapping()).unwrap());
    }
}
