//! What values are too long, too many, or too late.

use bytes::Bytes;

use super::*;
use crate::world::files::File;

fn small() -> Small {
    Small::of(json!({
        "modules": [{"api_name": "Orchards", "singular_label": "Orchard"}],
        "fields": {"Orchards": [
            {"api_name": "Views", "data_type": "imageupload"},
            {"api_name": "Kinds", "data_type": "multiselectpicklist", "values": ["Apple"]},
        ]},
    }))
}

/// Code, path and the detail of this name.
fn told(refusal: &Refusal, detail: &str) -> Value {
    json!([
        refusal.code,
        refusal.details["json_path"],
        refusal.details[detail]
    ])
}

#[test]
fn parts_of_values_are_bounded_and_told_by_their_path() {
    let mut small = small();
    let meeting = |reminder: Value| json!({"Event_Title": "A", "Start_DateTime": "2026-04-06T09:00:00Z", "End_DateTime": "2026-04-06T10:00:00Z", "Remind_At": [{"unit": 1, "period": "days", "time": "10:30"}, reminder]});
    let book = |price: Value| json!({"Price_Book_Name": "A", "Pricing_Model": "Flat", "Pricing_Details": [price]});
    let product = |value: Value| json!({"Product_Name": "A", "Tax": [{"value": value}]});
    let task = |alarm: Value| json!({"Subject": "A", "Remind_At": {"ALARM": alarm}});
    small
        .insert(
            "Events",
            meeting(json!({"unit": 2, "period": "weeks", "time": "23:59"})),
        )
        .unwrap();
    for (module, row, detail, wanted) in [
        (
            "Events",
            meeting(json!({"unit": 1, "period": "days", "time": "24:00"})),
            "x",
            json!(["INVALID_DATA", "$.data[0].Remind_At[1].time", null]),
        ),
        (
            "Events",
            meeting(json!({"unit": 1, "period": "days", "time": 5})),
            "expected_data_type",
            json!(["INVALID_DATA", "$.data[0].Remind_At[1].time", "string"]),
        ),
        (
            "Events",
            meeting(json!({"unit": 1_000_000_000, "period": "days"})),
            "maximum_length",
            json!(["INVALID_DATA", "$.data[0].Remind_At[1].unit", 9]),
        ),
        (
            "Events",
            meeting(json!({"unit": 1, "period": "years"})),
            "x",
            json!(["INVALID_DATA", "$.data[0].Remind_At[1].period", null]),
        ),
        (
            "Events",
            meeting(json!({"period": "days"})),
            "x",
            json!(["MANDATORY_NOT_FOUND", "$.data[0].Remind_At[1].unit", null]),
        ),
        (
            "Price_Books",
            book(json!({"from_range": 1, "to_range": 5, "discount": 1e16})),
            "maximum_length",
            json!(["INVALID_DATA", "$.data[0].Pricing_Details[0].discount", 16]),
        ),
        (
            "Price_Books",
            book(json!({"from_range": 1e-10, "to_range": 5, "discount": 1})),
            "maximum_decimal_place",
            json!(["INVALID_DATA", "$.data[0].Pricing_Details[0].from_range", 9]),
        ),
        (
            "Price_Books",
            book(json!({"from_range": 1, "discount": 1})),
            "x",
            json!([
                "MANDATORY_NOT_FOUND",
                "$.data[0].Pricing_Details[0].to_range",
                null
            ]),
        ),
        (
            "Products",
            product(json!("x".repeat(121))),
            "maximum_length",
            json!(["INVALID_DATA", "$.data[0].Tax[0].value", 120]),
        ),
        (
            "Tasks",
            task(json!("x".repeat(256))),
            "maximum_length",
            json!(["INVALID_DATA", "$.data[0].Remind_At", 255]),
        ),
    ] {
        let refusal = small.insert(module, row.clone()).unwrap_err();
        assert_eq!(told(&refusal, detail), wanted, "{row}");
    }
}

#[test]
fn files_of_a_field_are_bounded_in_number_and_in_what_is_said_of_them() {
    let mut small = small();
    let file = File::new("a.png".to_owned(), None, Bytes::from_static(b"a"));
    let file = small.world.store_file(file);
    let view = |key: &str, value: Value| json!([{"File_Id__s": file, key: value}]);
    for (views, detail, wanted) in [
        (
            view("Description__s", json!("x".repeat(256))),
            "maximum_length",
            json!(["INVALID_DATA", "$.data[0].Views[0].Description__s", 255]),
        ),
        (
            view("Description__s", json!({"a": []})),
            "expected_data_type",
            json!([
                "INVALID_DATA",
                "$.data[0].Views[0].Description__s",
                "string"
            ]),
        ),
        (
            view("Sequence_Number__s", json!("1")),
            "expected_data_type",
            json!([
                "INVALID_DATA",
                "$.data[0].Views[0].Sequence_Number__s",
                "integer"
            ]),
        ),
        (
            view("Sequence_Number__s", json!(1_000_000_000)),
            "maximum_length",
            json!(["INVALID_DATA", "$.data[0].Views[0].Sequence_Number__s", 9]),
        ),
        (
            json!([{"File_Id__s": "none"}]),
            "x",
            json!(["INVALID_DATA", "$.data[0].Views[0].File_Id__s", null]),
        ),
    ] {
        let refusal = small
            .insert("Orchards", json!({"Name": "A", "Views": views}))
            .unwrap_err();
        assert_eq!(told(&refusal, detail), wanted);
    }
    let views = |count: usize| json!({"Name": "A", "Views": vec![json!({"File_Id__s": file, "Sequence_Number__s": 1}); count]});
    let id = small.insert("Orchards", views(99)).unwrap();
    small.update("Orchards", id, views(1)).unwrap();
    let refusal = small.update("Orchards", id, views(1)).unwrap_err();
    assert_eq!(
        told(&refusal, "maximum_length"),
        json!(["LIMIT_EXCEEDED", "$.data[0].Views", 100])
    );
    let first = small.read("Orchards", id)["Views"][0]["id"].clone();
    let changed = json!({"Views": [{"id": first, "_delete": null}, {"File_Id__s": file}]});
    small.update("Orchards", id, changed).unwrap();
}

#[test]
fn values_are_appended_as_long_as_there_is_room() {
    let mut small = small();
    let kinds =
        |from: usize, to: usize| (from..to).map(|kind| kind.to_string()).collect::<Vec<_>>();
    let id = small
        .insert("Orchards", json!({"Name": "A", "Kinds": kinds(0, 199)}))
        .unwrap();
    let add = |from, to| json!({"Kinds": kinds(from, to), "$append_values": {"Kinds": true}});
    small.update("Orchards", id, add(198, 200)).unwrap();
    assert_eq!(
        small.read("Orchards", id)["Kinds"]
            .as_array()
            .unwrap()
            .len(),
        200
    );
    let refusal = small.update("Orchards", id, add(200, 201)).unwrap_err();
    assert_eq!(
        told(&refusal, "maximum_length"),
        json!(["INVALID_DATA", "$.data[0].Kinds", 200])
    );
    assert_eq!(
        small.read("Orchards", id)["Kinds"]
            .as_array()
            .unwrap()
            .len(),
        200
    );
}

#[test]
fn repetitions_end_with_the_last_year_of_four_digits() {
    let mut small = small();
    let events = small.table("Events");
    let event = object(
        json!({"Event_Title": "A", "Start_DateTime": "9999-12-28T09:00:00+05:30", "End_DateTime": "9999-12-29T10:00:00+05:30",
        "Recurring_Activity": {"RRULE": "FREQ=DAILY;COUNT=9"}}),
    );
    let all = insert_all(&mut small.world, events, &Row::of(&event), 0, small.author).unwrap();
    let ends = all
        .iter()
        .map(|written| small.read("Events", written.id)["End_DateTime"].clone());
    assert_eq!(
        ends.collect::<Vec<_>>(),
        ["9999-12-29T10:00:00+05:30", "9999-12-30T10:00:00+05:30"]
    );
    let refusal = small.insert("Deals", json!({"Deal_Name": "A", "Stage": "Qualification", "Pipeline": "Standard (Standard)", "Closing_Date": "0000-01-01"}));
    assert_eq!(
        told(&refusal.unwrap_err(), "expected_data_type"),
        json!(["INVALID_DATA", "$.data[0].Closing_Date", "date"])
    );
}
