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
