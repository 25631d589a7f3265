//! Rows of a small world, written and read without HTTP.

mod bounds;
mod image;
mod own;

use serde_json::{Map, Value, json};

use super::*;
use crate::config::Edition;
use crate::seed::Seed;

const DAY: i64 = 24 * 60 * 60;

struct Small {
    world: World,
    author: Author,
}

impl Small {
    fn new() -> Self {
        Self::of(json!({}))
    }

    /// The empty seed with these keys more.
    fn of(more: Value) -> Self {
        let mut seed: Value = serde_json::from_str(include_str!("../seeds/empty.json")).unwrap();
        for (key, value) in more.as_object().unwrap() {
            seed[key] = value.clone();
        }
        let seed = Seed::from_json(&seed.to_string()).unwrap();
        let world = World::build(&seed, Edition::Enterprise, 1_000).unwrap();
        let author = Author::new(world.first_user_id(), 2_000);
        Self { world, author }
    }

    fn table(&self, module: &str) -> usize {
        self.world.table_position(module).unwrap()
    }

    fn insert(&mut self, module: &str, row: Value) -> Result<u64, Refusal> {
        let table = self.table(module);
        let written = insert(&mut self.world, table, &object(row), 0, self.author)?;
        Ok(written.id)
    }

    fn update(&mut self, module: &str, id: u64, row: Value) -> Result<(), Refusal> {
        let table = self.table(module);
        update(&mut self.world, table, id, &object(row), 0, self.author).map(|_| ())
    }

    fn remove(&mut self, module: &str, id: u64) -> bool {
        let table = self.table(module);
        remove(&mut self.world, table, id, self.author)
    }

    fn restore(&mut self, module: &str, id: u64) -> bool {
        let table = self.table(module);
        restore(&mut self.world, table, id, self.author)
    }

    fn read(&self, module: &str, id: u64) -> Value {
        self.print(module, id, &Columns::all())
    }

    fn print(&self, module: &str, id: u64, columns: &Columns) -> Value {
        let table = self.world.table_named(module).unwrap();
        let mut out = Vec::new();
        print_record(&mut out, &self.world, table, &table.rows[&id], columns);
        serde_json::from_slice(&out).unwrap()
    }

    fn quote(&mut self) -> u64 {
        let product = json!({"Product_Name": "Ladder", "Product_Code": "L1", "Unit_Price": 19.99});
        let product = self.insert("Products", product).unwrap().to_string();
        let lines = json!([
            {"Product_Name": {"id": product}, "Quantity": 3, "Discount": 5.9,
             "Line_Tax": [{"name": "VAT", "percentage": 10}]},
            {"Product_Name": {"id": product}, "Quantity": 1, "List_Price": 0.1},
        ]);
        let row =
            json!({"Subject": "Ladders", "Quoted_Items": lines, "Discount": 1, "Adjustment": 0.05});
        self.insert("Quotes", row).unwrap()
    }
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn ids(rows: &Value) -> Vec<u64> {
    let ids = rows.as_array().unwrap().iter().map(|row| &row["id"]);
    ids.map(|id| id.as_str().unwrap().parse().unwrap())
        .collect()
}

#[test]
fn line_items_and_totals_are_computed_without_drift() {
    let mut small = Small::new();
    let id = small.quote();
    let quote = small.read("Quotes", id);
    let lines = &quote["Quoted_Items"];
    assert_eq!(lines[0]["Total"], 59.97);
    assert_eq!(lines[0]["Total_After_Discount"], 54.07);
    assert_eq!(lines[0]["Tax"], 5.41);
    assert_eq!(lines[0]["Line_Tax"][0]["value"], 5.41);
    assert_eq!(lines[0]["Net_Total"], 59.48);
    assert_eq!(lines[0]["Product_Name"]["Product_Code"], "L1");
    assert_eq!(lines[0]["Parent_Id"]["name"], "Ladders");
    assert_eq!(
        (&lines[0]["Sequence_Number"], &lines[1]["Sequence_Number"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(quote["Sub_Total"], 59.58);
    assert_eq!(quote["Grand_Total"], 58.63);
    assert_eq!(quote["Quote_Number"], "1");

    let first = lines[0]["id"].clone();
    let change =
        json!({"Quoted_Items": [{"id": first, "Quantity": 1}], "$line_tax": [{"percentage": 50}]});
    small.update("Quotes", id, change).unwrap();
    let quote = small.read("Quotes", id);
    assert_eq!(
        quote["Quoted_Items"].as_array().unwrap().len(),
        2,
        "rows not mentioned stay"
    );
    assert_eq!(quote["Quoted_Items"][0]["Total"], 19.99);
    let sub_total = quote["Sub_Total"].as_f64().unwrap();
    assert_eq!(sub_total, 15.6);
    assert_eq!(quote["Tax"], 7.3);

    let list = small.print("Quotes", id, &Columns::fields().in_list());
    assert!(list.get("Quoted_Items").is_none() && list.get("Subject").is_some());
}

#[test]
fn totals_that_their_fields_cannot_hold_are_refused() {
    let mut small = Small::new();
    let product = small.insert(
        "Products",
        json!({"Product_Name": "Moon", "Unit_Price": 9e15}),
    );
    let product = product.unwrap().to_string();
    let line = |quantity: f64, price: Value| json!({"Product_Name": {"id": product}, "Quantity": quantity, "List_Price": price});
    let quote = |lines: Vec<Value>| json!({"Subject": "Space", "Quoted_Items": lines});
    let mut refused = |lines: Vec<Value>| {
        let refusal = small.insert("Quotes", quote(lines)).unwrap_err();
        assert_eq!(refusal.code, "INVALID_DATA", "{refusal:?}");
        assert_eq!(refusal.details["maximum_length"], 16);
        refusal.details["json_path"].as_str().unwrap().to_owned()
    };
    // The product is beyond what 128 bits hold, then just beyond the field; then only the sum of the lines is.
    let path = "$.data[0].Quoted_Items[0].Total";
    assert_eq!(refused(vec![line(9e15, json!(9e15))]), path);
    assert_eq!(refused(vec![line(2.0, Value::Null)]), path);
    let lines = vec![line(1.0, Value::Null), line(1.0, Value::Null)];
    assert_eq!(refused(lines), "$.data[0].Sub_Total");
    let mut row = quote(vec![line(1.0, Value::Null)]);
    row["Adjustment"] = json!(9e15);
    let refusal = small.insert("Quotes", row.clone()).unwrap_err();
    assert_eq!(refusal.details["json_path"], "$.data[0].Grand_Total");
    assert!(small.world.table_named("Quotes").unwrap().rows.is_empty());

    row["Adjustment"] = json!(5e14);
    let id = small.insert("Quotes", row).unwrap();
    assert_eq!(small.read("Quotes", id)["Grand_Total"], 9.5e15);
    let first = small.read("Quotes", id)["Quoted_Items"][0]["id"].clone();
    let change = json!({"Quoted_Items": [{"id": first, "Quantity": 1e6}]});
    let refusal = small.update("Quotes", id, change).unwrap_err();
    assert_eq!(refusal.details["json_path"], path);
    assert_eq!(small.read("Quotes", id)["Grand_Total"], 9.5e15);
}

#[test]
fn rows_inside_of_rows_are_added_removed_and_checked() {
    let mut small = Small::new();
    let id = small.quote();
    let product = small.read("Quotes", id)["Quoted_Items"][0]["Product_Name"]["id"].clone();
    let [first, second] = ids(&small.read("Quotes", id)["Quoted_Items"])[..] else {
        panic!("two lines")
    };
    let change = json!({"Quoted_Items": [{"id": first.to_string(), "_delete": null}, {"Product_Name": {"id": product}}]});
    small.update("Quotes", id, change).unwrap();
    let rows = ids(&small.read("Quotes", id)["Quoted_Items"]);
    assert_eq!((rows.len(), rows[0]), (2, second));
    let items = small.world.table_named("Quoted_Items").unwrap();
    assert_eq!(
        items.rows.len(),
        2,
        "removed rows are gone from their module too"
    );

    let wrong =
        json!({"Quoted_Items": [{"id": second.to_string()}, {"Product_Name": {"id": "5"}}]});
    let refusal = small.update("Quotes", id, wrong).unwrap_err();
    assert_eq!(
        refusal.details["json_path"],
        "$.data[0].Quoted_Items[1].Product_Name"
    );
    let missing = json!({"Quoted_Items": [{"Quantity": 1}]});
    let refusal = small.update("Quotes", id, missing).unwrap_err();
    assert_eq!(refusal.code, "MANDATORY_NOT_FOUND");
    let foreign = json!({"Quoted_Items": [{"id": first.to_string()}]});
    assert_eq!(
        small.update("Quotes", id, foreign).unwrap_err().code,
        "INVALID_DATA"
    );
    let none = small
        .update("Quotes", id, json!({"Quoted_Items": []}))
        .unwrap_err();
    assert_eq!(none.details["api_name"], "Quoted_Items");
    let none = small
        .insert("Quotes", json!({"Subject": "Nothing"}))
        .unwrap_err();
    assert_eq!(none.details["api_name"], "Quoted_Items");
    let mut many: Vec<Value> = vec![json!({"Product_Name": {"id": product}}); 199];
    let refusal = small
        .update("Quotes", id, json!({"Quoted_Items": many}))
        .unwrap_err();
    assert_eq!(refusal.code, "LIMIT_EXCEEDED");
    many.pop();
    small
        .update("Quotes", id, json!({"Quoted_Items": many}))
        .unwrap();
    let change = json!({"Quoted_Items": [{"id": second.to_string(), "Quantity": 3}]});
    small.update("Quotes", id, change).unwrap();
    assert_eq!(ids(&small.read("Quotes", id)["Quoted_Items"]).len(), 200);
    let direct = small.insert("Quoted_Items", json!({"Product_Name": {"id": product}}));
    assert_eq!(direct.unwrap_err().code, "NOT_SUPPORTED");
}

#[test]
fn a_deleted_record_comes_back_with_its_rows() {
    let mut small = Small::new();
    let id = small.quote();
    let before = small.read("Quotes", id);
    assert!(small.remove("Quotes", id));
    assert!(
        small
            .world
            .table_named("Quoted_Items")
            .unwrap()
            .rows
            .is_empty()
    );
    assert!(small.restore("Quotes", id));
    assert_eq!(small.read("Quotes", id), before);
    assert!(!small.restore("Quotes", id));
    let actions: Vec<Action> = small
        .world
        .changes
        .since(0)
        .filter(|change| change.id == id)
        .map(|change| change.action)
        .collect();
    assert_eq!(actions, [Action::Insert, Action::Delete, Action::Restore]);

    small.remove("Quotes", id);
    let quotes = small.table("Quotes");
    assert!(erase(&mut small.world, quotes, id, 0));
    assert!(!small.restore("Quotes", id));
    let items = small.world.table_named("Quoted_Items").unwrap();
    assert!(
        items
            .deleted
            .values()
            .all(|deleted| deleted.record.is_none())
    );
}

#[test]
fn the_recycle_bin_is_emptied_after_sixty_days() {
    let mut small = Small::new();
    let lead = |name: &str| json!({"Last_Name": name});
    let (first, second) = (
        small.insert("Leads", lead("A")).unwrap(),
        small.insert("Leads", lead("B")).unwrap(),
    );
    small.remove("Leads", first);
    small.author.now += 61 * DAY;
    small.remove("Leads", second);
    assert!(!small.restore("Leads", first));
    assert!(small.restore("Leads", second));
    small.author.now += 180 * DAY;
    small.remove("Leads", second);
    let leads = small.world.table_named("Leads").unwrap();
    assert!(
        !leads.deleted.contains_key(&first),
        "what is listed no more is forgotten"
    );
}

#[test]
fn changes_tell_what_really_changed_and_by_which_way() {
    let mut small = Small::new();
    let id = small
        .insert("Leads", json!({"Last_Name": "A", "City": "Rome"}))
        .unwrap();
    small.author = small.author.by(Source::CrmUi);
    small
        .update(
            "Leads",
            id,
            json!({"Last_Name": "A", "City": null, "State": "X"}),
        )
        .unwrap();
    let change = small.world.changes.since(0).last().unwrap();
    assert_eq!(
        (change.action, change.source.name()),
        (Action::Update, "crm_ui")
    );
    let leads = small.world.table_named("Leads").unwrap();
    let fields: Vec<(&str, bool, bool)> = change
        .fields
        .iter()
        .map(|change| {
            let name = leads.module.field_at(change.position).api_name.as_str();
            (name, change.old.is_some(), change.new.is_some())
        })
        .collect();
    assert_eq!(fields, [("City", true, false), ("State", false, true)]);
}

#[test]
fn lookups_are_found_from_the_other_side_and_by_id_alone() {
    let mut small = Small::new();
    let account = small
        .insert("Accounts", json!({"Account_Name": "Orchard"}))
        .unwrap();
    let row = json!({"Last_Name": "A", "Account_Name": {"id": account.to_string()}});
    let contact = small.insert("Contacts", row).unwrap();
    let contacts = small.world.table_named("Contacts").unwrap();
    let at = contacts.module.position("Account_Name").unwrap();
    assert_eq!(contacts.holders(at, &Cell::Id(account)), [contact]);
    let (table, record) = small.world.find(account).unwrap();
    assert_eq!(
        (
            small.world.tables[table].module.api_name.as_str(),
            record.id
        ),
        ("Accounts", account)
    );
    small
        .update("Contacts", contact, json!({"Account_Name": null}))
        .unwrap();
    let contacts = small.world.table_named("Contacts").unwrap();
    assert!(contacts.holders(at, &Cell::Id(account)).is_empty());
    assert!(small.world.find(5).is_none() && small.world.find(account + 1_000_000).is_none());
}

#[test]
fn a_deal_has_a_history_of_its_stages() {
    let mut small = Small::new();
    let id = small
        .insert(
            "Deals",
            json!({"Deal_Name": "A", "Stage": "Qualification", "Amount": 10}),
        )
        .unwrap();
    small.author.now += 3 * DAY;
    small
        .update("Deals", id, json!({"Stage": "Needs Analysis"}))
        .unwrap();
    small
        .update("Deals", id, json!({"Next_Step": "call"}))
        .unwrap();
    let history = small.world.table_named("DealHistory").unwrap();
    let rows: Vec<Value> = history
        .rows
        .keys()
        .map(|id| small.print("DealHistory", *id, &Columns::fields()))
        .collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["Moved_To__s"], "Needs Analysis");
    assert_eq!(rows[0]["Stage_Duration_Calendar_Days"], 3);
    assert_eq!(
        (&rows[1]["Stage"], &rows[1]["Moved_To__s"]),
        (&json!("Needs Analysis"), &Value::Null)
    );
    assert_eq!(rows[1]["Expected_Revenue"], 2.0);
    assert_eq!(rows[1]["Potential_Name"]["name"], "A");
}

#[test]
fn activities_follow_their_own_rules() {
    let mut small = Small::new();
    let account = small
        .insert("Accounts", json!({"Account_Name": "Orchard"}))
        .unwrap()
        .to_string();
    let lost = json!({"Subject": "A", "What_Id": {"id": account}});
    assert_eq!(
        small.insert("Tasks", lost).unwrap_err().code,
        "DEPENDENT_FIELD_MISSING"
    );
    let wrong = json!({"Subject": "A", "What_Id": {"id": account}, "$se_module": "Deals"});
    assert_eq!(
        small.insert("Tasks", wrong).unwrap_err().code,
        "INVALID_DATA"
    );
    let alarm =
        json!({"ALARM": "FREQ=NONE;ACTION=POPUP;TRIGGER=DATE-TIME:2026-01-18T12:45:00+05:30"});
    let task = json!({"Subject": "A", "What_Id": {"id": account}, "$se_module": "Accounts", "Status": "Completed", "Remind_At": alarm});
    let id = small.insert("Tasks", task).unwrap();
    let task = small.read("Tasks", id);
    assert_eq!(
        (&task["What_Id"]["name"], &task["$se_module"]),
        (&json!("Orchard"), &json!("Accounts"))
    );
    assert_eq!(task["Remind_At"], alarm);
    assert!(task["Closed_Time"].is_string());
    small
        .update("Tasks", id, json!({"Status": "In Progress"}))
        .unwrap();
    assert!(small.read("Tasks", id)["Closed_Time"].is_null());

    let call = |kind: &str, duration: Value, status: Value, start: &str| json!({"Subject": "A", "Call_Type": kind, "Call_Duration": duration, "Outgoing_Call_Status": status, "Call_Start_Time": start});
    let past = "1970-01-01T00:10:00+00:00";
    let ahead = "1970-01-02T00:00:00+00:00";
    for (row, code) in [
        (
            call("Inbound", Value::Null, Value::Null, past),
            "DEPENDENT_FIELD_MISSING",
        ),
        (
            call("Inbound", json!("00:00"), Value::Null, past),
            "DEPENDENT_MISMATCH",
        ),
        (
            call("Inbound", json!("soon"), Value::Null, past),
            "INVALID_DATA",
        ),
        (
            call("Outbound", Value::Null, json!("Scheduled"), past),
            "INVALID_DATA",
        ),
    ] {
        assert_eq!(small.insert("Calls", row).unwrap_err().code, code);
    }
    let id = small
        .insert("Calls", call("Inbound", json!("01:20"), Value::Null, past))
        .unwrap();
    assert_eq!(small.read("Calls", id)["Call_Duration_in_seconds"], 80);
    small
        .insert(
            "Calls",
            call("Outbound", Value::Null, json!("Scheduled"), ahead),
        )
        .unwrap();
    small
        .insert("Calls", call("Missed", Value::Null, Value::Null, past))
        .unwrap();
}

#[test]
fn meetings_have_participants_and_may_repeat() {
    let mut small = Small::new();
    let lead = small
        .insert("Leads", json!({"Last_Name": "Ray", "Email": "r@x.org"}))
        .unwrap()
        .to_string();
    let event = json!({
        "Event_Title": "A", "Start_DateTime": "2026-04-06T09:00:00+05:30", "End_DateTime": "2026-04-06T10:00:00+05:30",
        "Participants": [{"type": "lead", "participant": lead}, {"type": "email", "participant": "x@y.org"}],
        "Remind_At": [{"unit": 15, "period": "minutes"}],
        "Recurring_Activity": {"RRULE": "FREQ=DAILY;INTERVAL=2;DTSTART=2026-04-06;UNTIL=2026-04-10"},
    });
    let events = small.table("Events");
    let all = insert_all(
        &mut small.world,
        events,
        &Row::of(&object(event)),
        0,
        small.author,
    )
    .unwrap();
    assert_eq!(all.len(), 3);
    let last = small.read("Events", all[2].id);
    assert_eq!(last["Start_DateTime"], "2026-04-10T09:00:00+05:30");
    assert_eq!(
        (
            &last["Participants"][0]["name"],
            &last["Participants"][0]["Email"]
        ),
        (&json!("Ray"), &json!("r@x.org"))
    );
    assert!(last["Participants"][1]["id"].is_string());

    let event = |more: Value| {
        let mut event = json!({"Event_Title": "A", "Start_DateTime": "2026-04-06T09:00:00+05:30", "End_DateTime": "2026-04-06T10:00:00+05:30"});
        event.as_object_mut().unwrap().extend(object(more));
        event
    };
    let many = vec![json!({"type": "email", "participant": "x@y.org"}); 51];
    for (more, code) in [
        (
            json!({"End_DateTime": "2026-04-06T08:00:00+05:30"}),
            "INVALID_DATA",
        ),
        (json!({"Participants": many}), "LIMIT_EXCEEDED"),
        (
            json!({"Participants": [{"type": "lead", "participant": "5"}]}),
            "INVALID_DATA",
        ),
        (json!({"Remind_At": {"unit": 1}}), "INVALID_DATA"),
        (
            json!({"Recurring_Activity": {"RRULE": "FREQ=NEVER"}}),
            "INVALID_DATA",
        ),
    ] {
        assert_eq!(small.insert("Events", event(more)).unwrap_err().code, code);
    }
}

#[test]
fn notes_name_their_parent_with_its_module() {
    let mut small = Small::new();
    let lead = small
        .insert("Leads", json!({"Last_Name": "Ray"}))
        .unwrap()
        .to_string();
    let note = json!({"Note_Content": "Hello", "Parent_Id": {"module": {"api_name": "Leads"}, "id": lead}});
    let id = small.insert("Notes", note).unwrap();
    let parent = &small.read("Notes", id)["Parent_Id"];
    assert_eq!(
        (&parent["module"]["api_name"], &parent["name"]),
        (&json!("Leads"), &json!("Ray"))
    );
    let wrong = json!({"Note_Content": "Hello", "Parent_Id": {"module": {"api_name": "Deals"}, "id": lead}});
    assert_eq!(
        small.insert("Notes", wrong).unwrap_err().code,
        "INVALID_DATA"
    );
    small.author = small.author.in_words_of_older(true);
    let note = json!({"Note_Content": "Hello", "Parent_Id": lead, "se_module": "Leads"});
    small.insert("Notes", note).unwrap();
}

#[test]
fn cases_collect_comments_and_count_up() {
    let mut small = Small::new();
    let case =
        json!({"Subject": "A", "Case_Origin": "Web", "Status": "New", "Add_Comment": "first"});
    small.insert("Cases", case.clone()).unwrap();
    let id = small.insert("Cases", case).unwrap();
    small
        .update("Cases", id, json!({"Add_Comment": "second"}))
        .unwrap();
    let case = small.read("Cases", id);
    assert_eq!(case["Case_Number"], "2");
    assert_eq!(case["No_of_comments"], 2);
    assert_eq!(case["Comments"][1]["comment_content"], "second");
    assert!(case["Add_Comment"].is_null());
}

#[test]
fn older_versions_name_line_items_otherwise() {
    let mut small = Small::new();
    let product = json!({"Product_Name": "Ladder", "Unit_Price": 10});
    let product = small.insert("Products", product).unwrap().to_string();
    small.author = small.author.in_words_of_older(true);
    let row = json!({"Subject": "A", "Product_Details": [{"product": product, "quantity": 2, "list_price": 7.5}]});
    let id = small.insert("Quotes", row).unwrap();
    let quote = small.print("Quotes", id, &Columns::all().in_words_of_older(true));
    assert_eq!(quote["Product_Details"][0]["product"]["name"], "Ladder");
    assert_eq!(quote["Product_Details"][0]["total"], 15.0);
    assert!(quote.get("Quoted_Items").is_none());
    assert_eq!(small.read("Quotes", id)["Quoted_Items"][0]["Quantity"], 2.0);
}

#[test]
fn products_have_taxes_and_price_books_prices() {
    let mut small = Small::new();
    let row = json!({"Price_Book_Name": "A", "Pricing_Model": "Flat", "Pricing_Details": [{"from_range": 1, "to_range": 5, "discount": 2.1}]});
    let id = small.insert("Price_Books", row).unwrap();
    let details = &small.read("Price_Books", id)["Pricing_Details"][0];
    assert!(details["id"].is_string() && details["discount"] == 2.1);
    let missing = small
        .insert("Price_Books", json!({"Price_Book_Name": "A"}))
        .unwrap_err();
    assert_eq!(missing.details["api_name"], "Pricing_Details");
    let row = json!({"Product_Name": "A", "Tax": [{"value": "15%"}]});
    let id = small.insert("Products", row).unwrap();
    assert_eq!(small.read("Products", id)["Tax"][0]["value"], "15%");
}

#[test]
fn rich_texts_are_cut_unless_asked_for_in_full() {
    let mut small = Small::of(
        json!({"fields": {"Leads": [{"api_name": "Story", "data_type": "textarea", "length": 50000}]}}),
    );
    let text = "é".repeat(600);
    let id = small
        .insert(
            "Leads",
            json!({"Last_Name": "A", "Story": text, "Description": text}),
        )
        .unwrap();
    let lead = small.read("Leads", id);
    assert_eq!(lead["Story"].as_str().unwrap().chars().count(), 500);
    assert_eq!(lead["Description"], text);
    assert_eq!(
        small.print("Leads", id, &Columns::all().in_full())["Story"],
        text
    );
}

#[test]
fn a_world_comes_back_from_its_saved_form() {
    let mut small = Small::new();
    let id = small.quote();
    small
        .insert("Leads", json!({"Last_Name": "Ray", "Email": "R@x.org"}))
        .unwrap();
    small.remove("Quotes", id);
    let saved = serde_json::to_string(&small.world).unwrap();
    let mut back: World = serde_json::from_str(&saved).unwrap();
    assert!(serde_json::to_string(&back).unwrap() == saved);
    let leads = back.table_named("Leads").unwrap();
    assert!(leads.holder_of("Email", "r@x.org").is_some());
    assert_eq!(
        leads.module.position("Email"),
        small
            .world
            .table_named("Leads")
            .unwrap()
            .module
            .position("Email")
    );
    let quotes = back.table_position("Quotes").unwrap();
    assert!(restore(&mut back, quotes, id, small.author));
    assert_eq!(back.find(id).unwrap().0, quotes);
}
