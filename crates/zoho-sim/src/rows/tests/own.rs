//! Modules, fields, options, layouts and assignment rules of an organisation's own.

use super::*;

fn seed() -> Value {
    json!({
        "users": [
            {"first_name": "Ada", "last_name": "Ray", "email": "ada.ray@empty.example", "is_administrator": true},
            {"first_name": "Ben", "last_name": "Oak", "email": "ben.oak@empty.example"},
        ],
        "modules": [{"api_name": "Orchards", "singular_label": "Orchard"}],
        "fields": {
            "Orchards": [
                {"api_name": "Account", "data_type": "lookup", "lookup_module": "Accounts"},
                {"api_name": "Products", "data_type": "multiselectlookup", "lookup_module": "Products"},
                {"api_name": "Pickers", "data_type": "multiuserlookup"},
                {"api_name": "Keeper", "data_type": "userlookup"},
                {"api_name": "Number", "data_type": "autonumber",
                 "auto_number": {"prefix": "O-", "suffix": "/26", "start_number": 7}},
                {"api_name": "Soil", "data_type": "picklist", "values": ["Clay", "Loam"],
                 "is_restricted": true, "default_value": "Clay"},
                {"api_name": "Price", "data_type": "currency"},
                {"api_name": "Double_Price", "data_type": "formula", "formula": "${Orchards.Price} * 2"},
                {"api_name": "Serial", "data_type": "bigint"},
                {"api_name": "Code", "data_type": "text", "length": 5, "is_unique": true},
                {"api_name": "Trees", "data_type": "subform", "fields": [
                    {"api_name": "Kind", "data_type": "text", "is_mandatory": true},
                    {"api_name": "Height", "data_type": "double"},
                ]},
            ],
            "Accounts": [
                {"api_name": "Orchard_Count", "data_type": "rollup_summary", "return_type": "integer",
                 "rollup": {"function": "count", "module": "Orchards", "lookup_field": "Account"}},
                {"api_name": "Orchard_Sum", "data_type": "rollup_summary",
                 "rollup": {"function": "sum", "module": "Orchards", "lookup_field": "Account",
                            "field": "Double_Price"}},
            ],
        },
        "pick_list_values": {"Leads": {"Lead_Source": [
            {"display_value": "Houston", "reference_value": "Houston Showroom"}, "Fair"]}},
        "layouts": {"Leads": [{"name": "Short", "fields": ["Email"], "mandatory": ["Company"]}]},
        "assignment_rules": [{"name": "By city", "module": "Leads", "default_owner": "ada.ray@empty.example",
            "entries": [{"field": "City", "value": "Rome", "owner": "ben.oak@empty.example"}]}],
    })
}

#[test]
fn an_own_module_has_fields_of_every_type() {
    let mut small = Small::of(seed());
    let account = small.insert("Accounts", json!({"Account_Name": "Orchard Ltd"}));
    let account = account.unwrap();
    let product = small.insert("Products", json!({"Product_Name": "Ladder"}));
    let product = product.unwrap().to_string();
    let ben = small.world.users[1].id.to_string();
    let row = json!({
        "Name": "North", "Account": {"id": account.to_string()}, "Keeper": {"email": "ben.oak@empty.example"},
        "Products": [{"Products": {"id": product}}], "Pickers": [{"Pickers": {"id": ben}}],
        "Price": 10.25, "Serial": "0012", "Number": "ignored", "Double_Price": 1,
        "Trees": [{"Kind": "Apple", "Height": 3.5}, {"Kind": "Pear"}],
    });
    let id = small.insert("Orchards", row).unwrap();
    let read = small.read("Orchards", id);
    assert_eq!(
        read["Account"],
        json!({"name": "Orchard Ltd", "id": account.to_string()})
    );
    assert_eq!(
        read["Keeper"],
        json!({"name": "Ben Oak", "id": ben, "email": "ben.oak@empty.example"})
    );
    assert_eq!(
        read["Products"][0]["Products"],
        json!({"name": "Ladder", "id": product})
    );
    assert_eq!(read["Pickers"][0]["Pickers"]["id"], json!(ben));
    assert_eq!(
        (&read["Number"], &read["Soil"]),
        (&json!("O-7/26"), &json!("Clay"))
    );
    assert_eq!(
        (&read["Double_Price"], &read["Serial"]),
        (&json!(20.5), &json!("0012"))
    );
    assert_eq!(
        (&read["Trees"][1]["Kind"], &read["Trees"][1]["Height"]),
        (&json!("Pear"), &Value::Null)
    );
    assert_eq!(
        read["Trees"][0]["Parent_Id"],
        json!({"name": "North", "id": id.to_string()})
    );
    let account = small.read("Accounts", account);
    assert_eq!(
        (&account["Orchard_Count"], &account["Orchard_Sum"]),
        (&json!(1), &json!(20.5))
    );

    let list = small.print("Orchards", id, &Columns::fields().in_list());
    for field in ["Trees", "Products", "Pickers"] {
        assert!(list.get(field).is_none(), "{field} is not in lists");
    }
    let mandatory = small.update("Orchards", id, json!({"Trees": [{"Height": 1}]}));
    assert_eq!(
        mandatory.unwrap_err().details["json_path"],
        "$.data[0].Trees[0].Kind"
    );
    let restricted = small
        .update("Orchards", id, json!({"Soil": "Sand"}))
        .unwrap_err();
    assert_eq!(
        restricted.details["supported_values"],
        json!(["Clay", "Loam"])
    );
    let long = small
        .update("Orchards", id, json!({"Code": "123456"}))
        .unwrap_err();
    assert_eq!(long.details["maximum_length"], 5);
}

#[test]
fn formulas_and_sums_beyond_exact_decimals_are_near_not_zero() {
    let mut seed = seed();
    seed["fields"]["Orchards"][7]["formula"] =
        json!("${Orchards.Price} * ${Orchards.Price} * 1000");
    let mut small = Small::of(seed);
    let account = small.insert("Accounts", json!({"Account_Name": "Orchard Ltd"}));
    let account = account.unwrap();
    let row = json!({"Name": "North", "Account": {"id": account.to_string()}, "Price": 9e15});
    let ids = [(); 2].map(|()| small.insert("Orchards", row.clone()).unwrap());
    let near = |value: &Value, wanted: f64| (value.as_f64().unwrap() / wanted - 1.0).abs() < 1e-12;
    let price = &small.read("Orchards", ids[0])["Double_Price"];
    assert!(near(price, 8.1e34), "{price}");
    let sum = &small.read("Accounts", account)["Orchard_Sum"];
    assert!(near(sum, 1.62e35), "{sum}");
}

#[test]
fn own_lookups_bring_related_lists_on_the_other_side() {
    let small = Small::of(seed());
    let lists = |module: &str| {
        let lists = &small
            .world
            .table_named(module)
            .unwrap()
            .module
            .related_lists;
        let list = lists.iter().find(|list| list.api_name == "Orchards");
        let list = list.unwrap();
        assert_ne!(list.id, 0);
        (list.kind.clone(), list.module.clone().unwrap())
    };
    assert_eq!(
        lists("Accounts"),
        ("custom_lookup".to_owned(), "Orchards".to_owned())
    );
    assert_eq!(
        lists("Products"),
        (
            "multiselectlookup".to_owned(),
            "Orchards_X_Products".to_owned()
        )
    );
}

#[test]
fn added_options_layouts_and_rules_take_part() {
    let mut small = Small::of(seed());
    let leads = small.world.table_named("Leads").unwrap();
    let source = leads.module.field("Lead_Source").unwrap();
    let added: Vec<&str> = source
        .pick_list
        .iter()
        .rev()
        .take(2)
        .map(|value| value.display_value.as_str())
        .collect();
    assert_eq!(added, ["Fair", "Houston"]);
    let short = leads.module.layouts[1].id.to_string();
    let row = json!({"Last_Name": "Ray", "City": "Rome", "Layout": {"id": short}});
    let refusal = small.insert("Leads", row.clone()).unwrap_err();
    assert_eq!(
        refusal.details["api_name"], "Company",
        "the layout makes it mandatory"
    );

    let mut row = object(row);
    row.insert("Company".to_owned(), json!("Orchard"));
    small.author.lar_id = Some(small.world.assignment_rules[0].id);
    let id = small.insert("Leads", Value::Object(row)).unwrap();
    let lead = small.read("Leads", id);
    assert_eq!(lead["City"], Value::Null, "the layout does not have it");
    assert_eq!(lead["Layout"], json!({"name": "Short", "id": short}));
    let ada = small.world.users[0].id.to_string();
    assert_eq!(
        lead["Owner"]["id"],
        json!(ada),
        "no entry fits what was written"
    );
    let id = small
        .insert("Leads", json!({"Last_Name": "Ray", "City": "rome"}))
        .unwrap();
    let ben = small.world.users[1].id.to_string();
    assert_eq!(small.read("Leads", id)["Owner"]["id"], json!(ben));
}

#[test]
fn seeds_that_say_what_cannot_be_are_refused() {
    let wrong = |more: Value| {
        let mut seed: Value = serde_json::from_str(include_str!("../../seeds/empty.json")).unwrap();
        for (key, value) in more.as_object().unwrap() {
            seed[key] = value.clone();
        }
        let seed = Seed::from_json(&seed.to_string()).unwrap();
        World::build(&seed, Edition::Enterprise, 1_000)
            .unwrap_err()
            .to_string()
    };
    let module = |name: &str| json!({"modules": [{"api_name": name, "singular_label": "X"}]});
    assert!(wrong(module("Leads")).contains("exists already"));
    assert!(wrong(module("1st")).contains("no API name"));
    let field = |field: Value| json!({"fields": {"Leads": [field]}});
    assert!(wrong(field(json!({"api_name": "Email", "data_type": "text"}))).contains("exists"));
    assert!(wrong(field(json!({"api_name": "A", "data_type": "song"}))).contains("data_type"));
    assert!(
        wrong(field(json!({"api_name": "A", "data_type": "lookup"}))).contains("lookup_module")
    );
    let nowhere = json!({"api_name": "A", "data_type": "lookup", "lookup_module": "Nowhere"});
    assert!(wrong(field(nowhere)).contains("no module"));
    assert!(wrong(field(json!({"api_name": "A", "data_type": "formula"}))).contains("computed"));
    assert!(
        wrong(json!({"layouts": {"Leads": [{"name": "X", "fields": ["Nothing"]}]}}))
            .contains("no field")
    );
    let rule = json!([{"name": "R", "module": "Leads", "default_owner": "nobody@x.org"}]);
    assert!(wrong(json!({"assignment_rules": rule})).contains("unknown user"));
}

#[test]
fn a_field_is_taken_out_with_its_values_and_those_behind_it_move_up() {
    let mut small = Small::of(seed());
    let account = small.insert("Accounts", json!({"Account_Name": "Orchard Ltd"}));
    let account = json!({"id": account.unwrap().to_string()});
    let row = json!({"Name": "North", "Account": account, "Code": "A", "Price": 2,
        "Trees": [{"Kind": "Apple"}]});
    let id = small.insert("Orchards", row).unwrap();
    small
        .update(
            "Orchards",
            id,
            json!({"Code": "B", "Price": 3, "Account": null}),
        )
        .unwrap();
    small
        .update("Orchards", id, json!({"Account": account}))
        .unwrap();
    let orchards = small.table("Orchards");
    for field in ["Account", "Trees", "Products"] {
        let position = small.world.tables[orchards].module.position(field).unwrap();
        assert!(small.world.remove_field(orchards, position));
    }
    assert!(!small.world.remove_field(orchards, u16::MAX));
    let read = small.read("Orchards", id);
    assert!(read.get("Account").is_none() && read.get("Trees").is_none());
    assert_eq!(
        (&read["Code"], &read["Double_Price"]),
        (&json!("B"), &json!(6.0))
    );
    let table = &small.world.tables[orchards];
    assert_eq!(table.holder_of("Code", "b"), Some(id));
    let changed = small.world.changes.since(0).find(|change| {
        let names = change
            .fields
            .iter()
            .map(|field| table.module.field_at(field.position));
        names
            .map(|field| field.api_name.as_str())
            .eq(["Code", "Price"])
    });
    assert!(
        changed.is_some(),
        "the log tells the two fields that are left"
    );
    let shown = &table.module.layouts[0];
    let code = table.module.position("Code").unwrap();
    assert!(shown.has(code) && shown.sections.len() == 1);
    assert_eq!(
        small
            .insert("Orchards", json!({"Name": "South"}))
            .map(|id| small.read("Orchards", id)["Number"].clone()),
        Ok(json!("O-8/26"))
    );
    for module in ["Trees", "Orchards_X_Products"] {
        assert!(
            small.world.table_position(module).is_none(),
            "{module} went with its field"
        );
        assert!(
            small
                .world
                .modules()
                .all(|(_, table)| table.module.api_name != module)
        );
    }
    for (module, list) in [("Accounts", "Orchards"), ("Products", "Orchards")] {
        let lists = &small
            .world
            .table_named(module)
            .unwrap()
            .module
            .related_lists;
        assert!(lists.iter().all(|known| known.api_name != list));
    }
    let saved = serde_json::to_string(&small.world).unwrap();
    let back: World = serde_json::from_str(&saved).unwrap();
    assert!(back.table_position("Trees").is_none());
}

#[test]
fn fields_and_options_are_added_and_changed_while_records_are_there() {
    let mut small = Small::of(seed());
    let rows = [json!({"Name": "North"}), json!({"Name": "South"})];
    let [first, second] = rows.map(|row| small.insert("Orchards", row).unwrap());
    let orchards = small.table("Orchards");
    let own = |value: Value| serde_json::from_value(value).unwrap();
    let numbered = own(json!({"api_name": "Plot", "data_type": "autonumber",
        "auto_number": {"prefix": "P", "start_number": 5}}));
    small.world.define_field(orchards, &numbered).unwrap();
    assert_eq!(
        small.read("Orchards", second)["Plot"],
        "P6",
        "existing records are numbered"
    );
    let third = small.insert("Orchards", json!({"Name": "East"})).unwrap();
    assert_eq!(small.read("Orchards", third)["Plot"], "P7");

    let soil = small.world.tables[orchards]
        .module
        .position("Soil")
        .unwrap();
    let author = small.author;
    assert_eq!(
        small
            .world
            .replace_pick_list_value(orchards, soil, "Clay", Some("Loam"), author),
        3
    );
    let told = small.world.changes.since(0).rev().take(3);
    assert!(
        told.into_iter()
            .all(|change| change.fields[0].position == soil)
    );
    small.world.edit_field(orchards, soil, |field| {
        field
            .pick_list
            .retain(|value| value.reference_value != "Clay");
        field.default_value = None;
    });
    assert_eq!(small.read("Orchards", first)["Soil"], "Loam");
    assert_eq!(
        small
            .update("Orchards", first, json!({"Soil": "Clay"}))
            .unwrap_err()
            .code,
        "INVALID_DATA"
    );
    let fourth = small.insert("Orchards", json!({"Name": "West"})).unwrap();
    assert_eq!(small.read("Orchards", fourth)["Soil"], Value::Null);

    small
        .world
        .edit_module(orchards, |module| module.api_name = "Gardens".to_owned());
    assert!(small.world.table_position("Orchards").is_none());
    assert_eq!(small.world.table_position("gardens"), Some(orchards));
}

#[test]
fn a_copy_has_the_values_but_not_the_files_and_numbers() {
    let mut small = Small::of(seed());
    let row = json!({"Name": "North", "Code": "A", "Price": 2, "Tag": [{"name": "old"}],
        "Trees": [{"Kind": "Apple"}, {"Kind": "Pear"}]});
    let id = small.insert("Orchards", row).unwrap();
    let orchards = small.table("Orchards");
    let mut copy = |row: Value| {
        copy(
            &mut small.world,
            orchards,
            id,
            &object(row),
            0,
            small.author,
        )
        .map(|all| all[0].id)
    };
    assert_eq!(copy(json!({})).unwrap_err().code, "DUPLICATE_DATA");
    let copied = copy(json!({"Code": "B"})).unwrap();
    let read = small.read("Orchards", copied);
    assert_eq!(
        (&read["Name"], &read["Price"], &read["Number"]),
        (&json!("North"), &json!(2.0), &json!("O-8/26"))
    );
    assert_eq!(
        (&read["Trees"][1]["Kind"], &read["Tag"][0]["name"]),
        (&json!("Pear"), &json!("old"))
    );
    assert_ne!(
        ids(&read["Trees"]),
        ids(&small.read("Orchards", id)["Trees"])
    );

    let quote = small.quote();
    let quotes = small.table("Quotes");
    let copied = super::copy(
        &mut small.world,
        quotes,
        quote,
        &Map::new(),
        0,
        small.author,
    )
    .unwrap()[0]
        .id;
    let (old, new) = (small.read("Quotes", quote), small.read("Quotes", copied));
    assert_eq!(
        (&old["Grand_Total"], &new["Quote_Number"]),
        (&new["Grand_Total"], &json!("2"))
    );
    let meeting = json!({"Event_Title": "Walk", "Start_DateTime": "2026-01-10T09:00:00Z", "End_DateTime": "2026-01-10T10:00:00Z",
        "Remind_At": [{"unit": 15, "period": "minutes"}], "Participants": [{"type": "email", "participant": "a@x.org"}]});
    let meeting = small.insert("Events", meeting).unwrap();
    let events = small.table("Events");
    let copied = super::copy(
        &mut small.world,
        events,
        meeting,
        &Map::new(),
        0,
        small.author,
    )
    .unwrap()[0]
        .id;
    let read = small.read("Events", copied);
    assert_eq!(
        (
            &read["Remind_At"],
            read["Participants"].as_array().unwrap().len()
        ),
        (&Value::Null, 1)
    );
}

#[test]
fn records_have_a_currency_once_there_are_several() {
    let mut small = Small::new();
    let old = small
        .insert("Products", json!({"Product_Name": "Ladder"}))
        .unwrap();
    let currency = |iso_code: &str, symbol: &str, exchange_rate: &str| {
        let mut currency = json!({"id": 1, "iso_code": iso_code, "name": iso_code, "symbol": symbol,
            "is_symbol_first": true, "is_active": true, "exchange_rate": exchange_rate,
            "decimal_separator": "Period", "thousand_separator": "Comma", "decimal_places": "2"});
        currency["stamp"] = json!({"created": null, "modified": null});
        serde_json::from_value(currency).unwrap()
    };
    small.world.settings.currencies = vec![
        currency("USD", "$", "1.000000000"),
        currency("EUR", "€", "0.900000000"),
    ];
    small.world.refresh_currency_fields();
    let read = small.read("Products", old);
    assert_eq!(
        (&read["Currency"], &read["Exchange_Rate"]),
        (&json!("USD"), &json!(1.0))
    );

    let new = small
        .insert("Products", json!({"Product_Name": "Saw"}))
        .unwrap();
    assert_eq!(small.read("Products", new)["Currency"], "USD");
    small
        .update("Products", new, json!({"Currency": "EUR"}))
        .unwrap();
    let read = small.read("Products", new);
    assert_eq!(
        (&read["Exchange_Rate"], &read["$currency_symbol"]),
        (&json!(0.9), &json!("€"))
    );
    small
        .update(
            "Products",
            new,
            json!({"Exchange_Rate": 0.95, "Unit_Price": 3}),
        )
        .unwrap();
    assert_eq!(small.read("Products", new)["Exchange_Rate"], 0.95);
    let wrong = small
        .update("Products", new, json!({"Currency": "XXX"}))
        .unwrap_err();
    assert_eq!(wrong.details["supported_values"], json!(["USD", "EUR"]));

    small
        .world
        .settings
        .currencies
        .push(currency("INR", "₹", "80.000000000"));
    small.world.refresh_currency_fields();
    small
        .update("Products", new, json!({"Currency": "INR"}))
        .unwrap();
    let products = &small.world.table_named("Products").unwrap().module;
    assert_eq!(products.field("Currency").unwrap().pick_list.len(), 3);
}
