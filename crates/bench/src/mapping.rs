//! How many events per second one core turns from bytes into checked records of 15 fields.
//!
//! The ceiling reads the same bytes into a JSON document and does nothing with it.

use std::hint::black_box;
use std::time::Instant;

use leadway_engine::mapping::{CompiledMapping, FieldRule, ModuleSchema, check};
use leadway_engine::model::delivery::Operation;
use serde_json::value::RawValue;
use serde_json::{Value, json};

pub(crate) fn run(events: usize) -> anyhow::Result<()> {
    let mapping = serde_json::from_value(mapping())?;
    let mapping =
        CompiledMapping::compile(&mapping).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let schema = schema();
    let payloads: Vec<String> = (0..1_000).map(payload).collect();
    let one = |text: &str| -> anyhow::Result<usize> {
        let payload: &RawValue = serde_json::from_str(text)?;
        let record = mapping
            .apply(payload)
            .map_err(|problem| anyhow::anyhow!("{problem:?}"))?;
        check(&record.json, &schema, Operation::Upsert)
            .map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
        Ok(record.json.get().len())
    };
    anyhow::ensure!(
        serde_json::from_str::<serde_json::Map<String, Value>>(&record_of(
            &mapping,
            &payloads[0]
        )?)?
        .len()
            == 15
    );
    let mut bytes = 0;
    for text in &payloads {
        bytes += one(text)?;
    }
    let started = Instant::now();
    for number in 0..events {
        bytes += one(&payloads[number % payloads.len()])?;
    }
    let mapped = events as f64 / started.elapsed().as_secs_f64();
    black_box(bytes);
    let started = Instant::now();
    for number in 0..events {
        black_box(serde_json::from_str::<Value>(
            &payloads[number % payloads.len()],
        )?);
    }
    let parsed = events as f64 / started.elapsed().as_secs_f64();
    println!(
        "mapping, bytes to checked record of 15 fields, {} bytes an event, one core",
        payloads[0].len()
    );
    println!("  mapped and checked   {mapped:>9.0} events/s");
    println!("  ceiling: parsed only {parsed:>9.0} events/s");
    println!("  ratio                {:>8.0} %", 100.0 * mapped / parsed);
    Ok(())
}

fn record_of(mapping: &CompiledMapping, text: &str) -> anyhow::Result<String> {
    let payload: &RawValue = serde_json::from_str(text)?;
    Ok(mapping
        .apply(payload)
        .map_err(|problem| anyhow::anyhow!("{problem:?}"))?
        .json
        .get()
        .to_owned())
}

/// Field, its data type, its length, its path, its transform.
const FIELDS: [(&str, &str, u32, &str, Option<&str>); 15] = [
    ("First_Name", "text", 40, "traits.firstName", Some("trim")),
    ("Last_Name", "text", 80, "traits.lastName", Some("trim")),
    ("Email", "email", 100, "traits.email", Some("lowercase")),
    ("Phone", "phone", 30, "traits.phone", None),
    ("Company", "text", 200, "traits.company.name", None),
    ("Designation", "text", 100, "traits.title", None),
    ("Website", "website", 255, "traits.website", None),
    ("Street", "text", 250, "traits.address.street", None),
    ("City", "text", 100, "traits.address.city", None),
    ("Zip_Code", "text", 30, "traits.address.postalCode", None),
    ("Country", "text", 100, "traits.address.country", None),
    (
        "No_of_Employees",
        "integer",
        9,
        "traits.company.employees",
        Some("number"),
    ),
    (
        "Email_Opt_Out",
        "boolean",
        5,
        "traits.optOut",
        Some("boolean"),
    ),
    (
        "Lead_Source",
        "picklist",
        120,
        "context.campaign.source",
        None,
    ),
    ("Description", "textarea", 32_000, "traits.message", None),
];

fn mapping() -> Value {
    let field =
        |(field, _, _, path, transform): &(&str, &str, u32, &str, Option<&str>)| match transform {
            Some(transform) => json!({"field": field, "from": [path], "transform": [transform]}),
            None => json!({"field": field, "from": [path]}),
        };
    json!({"name": "fifteen", "fields": FIELDS.iter().map(field).collect::<Vec<_>>()})
}

fn schema() -> ModuleSchema {
    let rule =
        |(field, data_type, length, _, _): &(&str, &str, u32, &str, Option<&str>)| FieldRule {
            api_name: (*field).to_owned(),
            label: field.replace('_', " "),
            data_type: (*data_type).to_owned(),
            json_type: None,
            length: Some(*length),
            decimal_place: None,
            is_mandatory: *field == "Last_Name",
            is_writable_on_insert: true,
            is_writable_on_update: true,
            pick_list_values: Vec::new(),
            lookup_module: None,
        };
    ModuleSchema::new("Leads", FIELDS.iter().map(rule))
}

fn payload(number: usize) -> String {
    json!({
        "type": "identify", "messageId": format!("m-{number}"), "userId": format!("user-{number}"), "anonymousId": "a7f1",
        "timestamp": "2026-05-14T12:54:51.000Z", "sentAt": "2026-05-14T12:54:52.000Z",
        "traits": {
            "email": format!("Ada.Ray{number}@Example.com"), "firstName": " Ada ", "lastName": "Ray", "phone": "+44 7700 900123",
            "title": "Head of Orchards", "website": "https://orchard.example", "optOut": "no",
            "message": "Please call me back about the professional plan; mornings suit me best.",
            "company": {"name": "Orchard Ltd", "employees": "250", "plan": "trial"},
            "address": {"street": "1 Mill Lane", "city": "Bristol", "postalCode": "BS1 4DJ", "country": "United Kingdom"},
        },
        "context": {
            "page": {"url": "https://www.example.com/contact", "path": "/contact", "referrer": "https://www.google.com/", "title": "Contact"},
            "campaign": {"source": "Web Research", "medium": "cpc", "name": "spring"}, "locale": "en-GB",
            "library": {"name": "analytics-node", "version": "2.1.0"},
        },
    })
    .to_string()
}
