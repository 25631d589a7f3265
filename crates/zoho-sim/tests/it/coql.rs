//! COQL over HTTP.

use serde_json::{Value, json};

use crate::support::{Got, Wired, got};

async fn ask(wired: &Wired, query: &str) -> Got {
    wired
        .post("/crm/v8/coql", &json!({"select_query": query}))
        .await
}

/// The rows of a query, without ids of the records that nobody asked for.
async fn rows(wired: &Wired, query: &str) -> Vec<Value> {
    let got = ask(wired, query).await;
    if got.status == 204 {
        assert_eq!(got.text, "");
        return Vec::new();
    }
    assert_eq!(got.status, 200, "{query} {}", got.text);
    let mut rows = got.json()["data"].as_array().unwrap().clone();
    let is_asked = query.split(" from ").next().unwrap().contains("id");
    for row in &mut rows {
        if !is_asked {
            row.as_object_mut().unwrap().remove("id");
        }
    }
    rows
}

async fn column(wired: &Wired, query: &str, name: &str) -> Vec<Value> {
    let rows = rows(wired, query).await;
    rows.iter().map(|row| row[name].clone()).collect()
}

async fn refused(wired: &Wired, query: &str) -> (String, String, Value) {
    let got = ask(wired, query).await;
    assert_eq!(got.status, 400, "{query} {}", got.text);
    let body = got.json();
    let text = |key: &str| body[key].as_str().unwrap().to_owned();
    (text("code"), text("message"), body["details"].clone())
}

struct World {
    wired: Wired,
    orchard: String,
    burns: String,
}

async fn world() -> World {
    let wired = Wired::start().await;
    for module in ["Deals", "Contacts", "Accounts"] {
        for record in wired.simulator.records(module).unwrap() {
            let id = record["id"].as_str().unwrap();
            let path = format!("/__sim/v1/records/{module}/{id}");
            assert!(wired.delete(&path).await.status.is_success());
        }
    }
    let holding = wired
        .record(
            "Accounts",
            json!({"Account_Name": "Holding", "Industry": "Banking"}),
        )
        .await;
    let orchard = wired
        .record(
            "Accounts",
            json!({"Account_Name": "Orchard", "Phone": "123", "Parent_Account": {"id": holding}}),
        )
        .await;
    let burns = wired
        .record(
            "Contacts",
            json!({"Last_Name": "Burns", "First_Name": "Ada", "Account_Name": {"id": orchard}, "Email": "ada@orchard.example",
                "Date_of_Birth": "1990-05-01"}),
        )
        .await;
    wired
        .record(
            "Contacts",
            json!({"Last_Name": "Cole", "Account_Name": {"id": holding}, "Email_Opt_Out": true}),
        )
        .await;
    wired
        .record(
            "Contacts",
            json!({"Last_Name": "O'Dean", "Description": "no account"}),
        )
        .await;
    for (name, amount, stage, account) in [
        ("Big", 1000.5, "Qualification", &orchard),
        ("Small", 10.0, "Qualification", &holding),
        ("Middle", 100.0, "Closed Won", &orchard),
    ] {
        wired
            .record(
                "Deals",
                json!({"Deal_Name": name, "Amount": amount, "Stage": stage, "Account_Name": {"id": account},
                    "Closing_Date": "2026-05-01"}),
            )
            .await;
    }
    World {
        wired,
        orchard,
        burns,
    }
}

#[tokio::test]
async fn rows_have_their_columns_as_written_and_their_id() {
    let World {
        wired,
        orchard,
        burns,
    } = world().await;
    let got = ask(
        &wired,
        "select Last_Name, Account_Name, 'Account_Name.Phone', Account_Name.Parent_Account.Account_Name as 'Top', Date_of_Birth, Owner.profile.name, Email_Opt_Out from Contacts where Last_Name = 'burns'",
    )
    .await;
    assert_eq!(
        got.json(),
        json!({
            "data": [{
                "Last_Name": "Burns",
                "Account_Name": {"name": "Orchard", "id": orchard},
                "Account_Name.Phone": "123",
                "Top": "Holding",
                "Date_of_Birth": "1990-05-01",
                "Owner.profile.name": "Administrator",
                "Email_Opt_Out": false,
                "id": burns,
            }],
            "info": {"count": 1, "more_records": false},
        })
    );
    let got = ask(
        &wired,
        "select id from Contacts where id is not null limit 2",
    )
    .await;
    assert_eq!(
        got.json()["info"],
        json!({"count": 2, "more_records": true})
    );
    let none = ask(&wired, "select id from Contacts where Last_Name = 'Nobody'").await;
    assert_eq!((none.status.as_u16(), none.text.as_str()), (204, ""));
}

#[tokio::test]
async fn conditions_compare_by_type_and_over_lookups() {
    let World {
        wired,
        orchard,
        burns,
    } = world().await;
    for (condition, wanted) in [
        ("Last_Name = 'BURNS'".to_owned(), vec!["Burns"]),
        ("Last_Name != Burns".to_owned(), vec!["Cole", "O'Dean"]),
        ("Last_Name like 'b%'".to_owned(), vec!["Burns"]),
        ("Last_Name like '%E'".to_owned(), vec!["Cole"]),
        ("Last_Name like '%ol%'".to_owned(), vec!["Cole"]),
        (
            "Last_Name not like '%ol%'".to_owned(),
            vec!["Burns", "O'Dean"],
        ),
        ("Last_Name = 'O''Dean'".to_owned(), vec!["O'Dean"]),
        (
            "Last_Name in ('Cole', \"Burns\", Nobody)".to_owned(),
            vec!["Burns", "Cole"],
        ),
        (
            "Last_Name not in ('Cole', 'Burns')".to_owned(),
            vec!["O'Dean"],
        ),
        ("Email is null".to_owned(), vec!["Cole", "O'Dean"]),
        ("Email is not null".to_owned(), vec!["Burns"]),
        ("Email_Opt_Out = 'true'".to_owned(), vec!["Cole"]),
        ("Email_Opt_Out = false".to_owned(), vec!["Burns", "O'Dean"]),
        (
            "Date_of_Birth between '1990-01-01' and 1990-12-31".to_owned(),
            vec!["Burns"],
        ),
        ("Date_of_Birth > '1990-05-01'".to_owned(), vec![]),
        ("Date_of_Birth >= '1990-05-01'".to_owned(), vec!["Burns"]),
        (
            "Created_Time < '2000-01-01T00:00:00+01:00'".to_owned(),
            vec![],
        ),
        (format!("Account_Name = '{orchard}'"), vec!["Burns"]),
        (format!("Account_Name.id in ({orchard}, 1)"), vec!["Burns"]),
        ("Account_Name is null".to_owned(), vec!["O'Dean"]),
        (
            "Account_Name.Parent_Account.Industry = 'Banking'".to_owned(),
            vec!["Burns"],
        ),
        (format!("id = {burns}"), vec!["Burns"]),
        (format!("id > {burns}"), vec!["Cole", "O'Dean"]),
        (format!("id <= '{burns}'"), vec!["Burns"]),
        (
            "(Email is null and (Last_Name = 'Cole' or Last_Name = 'Burns'))".to_owned(),
            vec!["Cole"],
        ),
        (
            "Owner.role.name = 'CEO'".to_owned(),
            vec!["Burns", "Cole", "O'Dean"],
        ),
        ("!Contacts.Last_Name = 'Cole'".to_owned(), vec!["Cole"]),
        (
            "Account_Name in (select id from Accounts where Account_Name in ('Orchard', 'None'))"
                .to_owned(),
            vec!["Burns"],
        ),
        (
            "Account_Name not in (select Parent_Account from Accounts where id is not null)"
                .to_owned(),
            vec!["Burns", "O'Dean"],
        ),
        (
            "Account_Name = (select id from Accounts where Account_Name = 'Holding')".to_owned(),
            vec!["Cole"],
        ),
        (
            "Account_Name = (select id from Accounts where Account_Name = 'None')".to_owned(),
            vec![],
        ),
    ] {
        let query = format!("select Last_Name from Contacts where {condition} order by Last_Name");
        assert_eq!(column(&wired, &query, "Last_Name").await, wanted, "{query}");
    }
    assert_eq!(
        column(
            &wired,
            "select Deal_Name from Deals where Amount >= 100 order by Amount desc",
            "Deal_Name"
        )
        .await,
        ["Big", "Middle"]
    );
}

#[tokio::test]
async fn orders_limits_and_offsets_walk_all_rows_once() {
    let World { wired, .. } = world().await;
    let names = |clauses: &str| {
        let query = format!("select Deal_Name from Deals where id is not null {clauses}");
        let wired = &wired;
        async move { column(wired, &query, "Deal_Name").await }
    };
    assert_eq!(names("").await, ["Big", "Small", "Middle"]);
    assert_eq!(names("order by id desc").await, ["Middle", "Small", "Big"]);
    assert_eq!(
        names("order by Stage asc, Amount asc").await,
        ["Middle", "Small", "Big"]
    );
    assert_eq!(
        names("order by Account_Name.Account_Name desc, Deal_Name limit 2").await,
        ["Big", "Middle"]
    );
    assert_eq!(names("order by Amount limit 1, 1").await, ["Middle"]);
    assert_eq!(names("order by Amount limit 1 offset 2").await, ["Big"]);
    assert_eq!(
        names("order by Amount limit 1 offset 3").await,
        Vec::<Value>::new()
    );
    assert_eq!(names("LIMIT 2 OFFSET 1").await, ["Small", "Middle"]);
}

#[tokio::test]
async fn a_custom_view_narrows_a_query() {
    let wired = Wired::start().await;
    for (name, status) in [("Junk", "Junk Lead"), ("Good", "Contacted")] {
        let row = json!({"Last_Name": name, "Company": "c", "Lead_Status": status});
        wired.record("Leads", row).await;
    }
    let views = wired
        .get("/crm/v8/settings/custom_views?module=Leads")
        .await
        .json();
    let id = |name: &str| {
        let views = views["custom_views"].as_array().unwrap();
        let view = views.iter().find(|view| view["system_name"] == name);
        view.unwrap()["id"].as_str().unwrap().to_owned()
    };
    for (view, wanted) in [
        ("JUNK", vec!["Junk"]),
        ("ALLVIEWS", vec!["Junk", "Good"]),
        ("CONVERTED", vec![]),
        ("MYVIEWS", vec!["Junk", "Good"]),
    ] {
        let query = format!(
            "select Last_Name from Leads#{} where Company = 'c'",
            id(view)
        );
        assert_eq!(column(&wired, &query, "Last_Name").await, wanted, "{view}");
    }
    let (code, _, details) = refused(&wired, "select id from Leads#1 where id is not null").await;
    assert_eq!(
        (code.as_str(), details),
        ("INVALID_QUERY", json!({"cvid": "1"}))
    );
}

#[tokio::test]
async fn aggregates_and_groups() {
    let World { wired, .. } = world().await;
    let one = |query: &'static str| {
        let wired = &wired;
        async move { rows(wired, query).await }
    };
    assert_eq!(
        one("select COUNT(id), SUM(Amount) as total, MIN(Amount), MAX(Closing_Date), AVG(Amount) from Deals where id is not null")
            .await,
        [json!({"COUNT(id)": 3, "total": 1110.5, "MIN(Amount)": 10, "MAX(Closing_Date)": "2026-05-01",
            "AVG(Amount)": 1110.5 / 3.0})]
        .map(|row| row)
    );
    assert_eq!(
        one("select Stage, COUNT(id) from Deals where id is not null group by Stage order by COUNT(id) desc").await,
        [
            json!({"Stage": "Qualification", "COUNT(id)": 2}),
            json!({"Stage": "Closed Won", "COUNT(id)": 1})
        ]
    );
    assert_eq!(
        one("select Account_Name.Account_Name, SUM(Amount) from Deals where id is not null group by Account_Name.Account_Name order by Account_Name.Account_Name limit 1")
            .await,
        [json!({"Account_Name.Account_Name": "Holding", "SUM(Amount)": 10})]
    );
    assert_eq!(
        one("select COUNT(id), SUM(Amount) from Deals where Deal_Name = 'None'").await,
        [json!({"COUNT(id)": 0, "SUM(Amount)": null})]
    );
    let got = ask(
        &wired,
        "select Stage from Deals where Deal_Name = 'None' group by Stage",
    )
    .await;
    assert_eq!(got.status, 204);
}

#[tokio::test]
async fn lookups_to_several_modules_are_followed_by_arrows() {
    let wired = Wired::start().await;
    let lead = wired
        .record(
            "Leads",
            json!({"Last_Name": "Perry", "Company": "P", "Industry": "ERP"}),
        )
        .await;
    wired
        .record(
            "Tasks",
            json!({"Subject": "Call", "What_Id": {"id": lead}, "$se_module": "Leads"}),
        )
        .await;
    wired.record("Tasks", json!({"Subject": "Rest"})).await;
    let query = format!(
        "select 'What_Id->Leads.Last_Name', Subject, What_Id from Tasks where (('What_Id->Leads.id' in ('{lead}')) and ('What_Id->Leads.Industry' = 'ERP'))"
    );
    let found = rows(&wired, &query).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["What_Id->Leads.Last_Name"], "Perry");
    assert_eq!(found[0]["What_Id"]["module"]["api_name"], "Leads");
    assert_eq!(found[0]["What_Id"]["id"], Value::from(lead));
}

#[tokio::test]
async fn slips_are_refused_with_code_message_and_details() {
    let World { wired, .. } = world().await;
    let values = vec!["'x'"; 101].join(",");
    let columns = vec!["id"; 501].join(",");
    let deep = (0..26).fold("id is null".to_owned(), |inner, _| {
        format!("({inner} or id is null)")
    });
    for (query, code, message, details) in [
        ("update Leads".to_owned(), "SYNTAX_ERROR", "given coql query not supported", json!({})),
        ("select id from Leads".to_owned(), "SYNTAX_ERROR", "missing clause", json!({"clause": "where"})),
        (
            "select Foo from Leads where id is not null".to_owned(),
            "INVALID_QUERY",
            "column given seems to be invalid",
            json!({"column_name": "Foo"}),
        ),
        (
            "select id from Leads where Foo.Bar = 1".to_owned(),
            "INVALID_QUERY",
            "column given seems to be invalid",
            json!({"column_name": "Foo.Bar"}),
        ),
        (
            "select id from Leads where First_Name > 'a'".to_owned(),
            "INVALID_QUERY",
            "Invalid query formed",
            json!({"reason": "invalid operator found", "column_name": "First_Name", "operator": ">"}),
        ),
        (
            "select id from Leads where id = 'abc'".to_owned(),
            "INVALID_QUERY",
            "value given seems to be invalid for the column",
            json!({"expected_data_type": "bigint", "column_name": "id"}),
        ),
        (
            "select id from Leads where Created_Time > '2026-01-01T00:00:00.000Z'".to_owned(),
            "INVALID_QUERY",
            "value given seems to be invalid for the column",
            json!({"expected_data_type": "datetime", "column_name": "Created_Time"}),
        ),
        (
            "select id from Leads where Description = 'x'".to_owned(),
            "INVALID_QUERY",
            "unsupported column in criteria",
            json!({"cv_criteria": false, "column_name": "Description", "value": "x", "operator": "="}),
        ),
        (
            "select Participants from Events where id is not null".to_owned(),
            "INVALID_QUERY",
            "unsupported column",
            json!({"column_name": "Participants"}),
        ),
        ("select id from Nothing where id is null".to_owned(), "INVALID_QUERY", "Invalid query formed", json!({"module": "Nothing"})),
        (
            "select id from Leads where id is null limit s".to_owned(),
            "INVALID_QUERY",
            "limit given seems to be invalid",
            json!({"limit": "s"}),
        ),
        (
            "select id from Leads where id is null limit 0".to_owned(),
            "INVALID_QUERY",
            "limit should be greater than 0",
            json!({}),
        ),
        (
            "select id from Leads where id is null limit 2001".to_owned(),
            "LIMIT_EXCEEDED",
            "limit exceeded",
            json!({"by": "limit", "limit": 2000}),
        ),
        (
            "select id from Leads where id is null limit 2000 offset 99999".to_owned(),
            "LIMIT_EXCEEDED",
            "limit exceeded",
            json!({"by": "offset", "limit": 100_000}),
        ),
        (
            format!("select id from Leads where Last_Name in ({values})"),
            "LIMIT_EXCEEDED",
            "limit exceeded",
            json!({"by": "in", "limit": 100}),
        ),
        (
            format!("select {columns} from Leads where id is null"),
            "LIMIT_EXCEEDED",
            "limit exceeded",
            json!({"by": "select", "limit": 500}),
        ),
        (
            format!("select id from Leads where {deep}"),
            "LIMIT_EXCEEDED",
            "limit exceeded",
            json!({"by": "where", "limit": 25}),
        ),
        (
            "select id, Email, id from Leads where id is null".to_owned(),
            "DUPLICATE_DATA",
            "duplicate select column",
            json!({"column_name": "id"}),
        ),
        (
            "select MAX(Annual_Revenue), MAX(Annual_Revenue) from Leads where id is null".to_owned(),
            "DUPLICATE_DATA",
            "duplicate aggregate function",
            json!({"column_name": "Annual_Revenue", "aggregate": "MAX"}),
        ),
        (
            "select Email as '' from Leads where id is null".to_owned(),
            "INVALID_ALIAS",
            "alias name cannot be an empty string",
            json!({"column_name": "Email", "alias": ""}),
        ),
        (
            "select First_Name as Name, Last_Name as Name from Leads where id is null".to_owned(),
            "DUPLICATE_ALIAS",
            "same alias cannot refer more than one column",
            json!({"referred_columns": ["First_Name", "Last_Name"], "alias": "Name"}),
        ),
        (
            "select First_Name as Last_Name, Last_Name from Leads where id is null".to_owned(),
            "INVALID_QUERY",
            "column name or property name given in select columns without alias name cannot be an alias name for other select columns",
            json!({"column_name": "First_Name", "alias": "Last_Name"}),
        ),
        (
            "select SUM(Last_Name) from Leads where id is null".to_owned(),
            "INVALID_DATA",
            "invalid data",
            json!({"reason": "unsupported aggregate function", "column": "SUM(Last_Name)"}),
        ),
        (
            "select count(id) from Leads where id is null".to_owned(),
            "INVALID_DATA",
            "invalid data",
            json!({"reason": "unsupported aggregate function", "column": "count(id)"}),
        ),
        (
            "select Email, COUNT(id) from Leads where id is null".to_owned(),
            "INVALID_QUERY",
            "Invalid query formed",
            json!({"column_name": "Email", "clause": "group by"}),
        ),
        (
            "select id from Contacts where Account_Name = (select id from Accounts where id is not null)".to_owned(),
            "INVALID_QUERY",
            "subquery return more than one values which is incompatible for the operator",
            json!({"sub_query_sequence": 1, "operator": "="}),
        ),
        (
            "select id from Contacts where Account_Name in (select id, Phone from Accounts where id is not null)".to_owned(),
            "INVALID_QUERY",
            "subquery should contains only one column",
            json!({"sub_query_sequence": 1, "column_name": ["id", "Phone"]}),
        ),
    ] {
        let wanted = (code.to_owned(), message.to_owned(), details);
        assert_eq!(refused(&wired, &query).await, wanted, "{query}");
    }
}

#[tokio::test]
async fn bodies_are_checked_and_fields_described_when_asked_for() {
    let World { wired, .. } = world().await;
    for (body, code, details) in [
        (
            json!({}),
            "MANDATORY_NOT_FOUND",
            json!({"api_name": "select_query"}),
        ),
        (
            json!({"select_query": 5}),
            "INVALID_DATA",
            json!({"expected_data_type": "string", "api_name": "select_query", "json_path": "$.select_query"}),
        ),
        (
            json!({"select_query": "x", "include_meta": "fields"}),
            "INVALID_DATA",
            json!({"expected_data_type": "jsonarray", "api_name": "include_meta", "json_path": "$.include_meta"}),
        ),
        (
            json!({"select_query": "x", "include_meta": ["data"]}),
            "INVALID_DATA",
            json!({"api_name": "include_meta", "json_path": "$.include_meta[0]", "supported_values": ["fields"]}),
        ),
    ] {
        let got = wired
            .http
            .post(wired.url("/crm/v8/coql"))
            .bearer_auth(&wired.token)
            .body(body.to_string());
        let got = got_json(got).await;
        assert_eq!(
            (&got["code"], &got["details"]),
            (&json!(code), &details),
            "{body}"
        );
    }
    let body = json!({"select_query": "select Last_Name as Surname, Account_Name.Phone from Contacts where id is not null",
        "include_meta": ["fields"]});
    // The OpenAPI file knows nothing of `fields`, so that the answer is not checked against it.
    let request = wired
        .http
        .post(wired.url("/crm/v8/coql"))
        .bearer_auth(&wired.token);
    let got = got_json(request.body(body.to_string())).await;
    assert_eq!(got["fields"]["Surname"]["api_name"], "Last_Name");
    assert_eq!(got["fields"]["Surname"]["data_type"], "text");
    assert_eq!(got["fields"]["Account_Name.Phone"]["data_type"], "phone");
}

async fn got_json(request: reqwest::RequestBuilder) -> Value {
    got(request.send().await.unwrap()).await.json()
}

#[tokio::test]
async fn queries_need_scopes_and_cost_credits_by_their_limit() {
    let wired = Wired::start().await;
    let ask_with = |token: String, query: &'static str| {
        let request = wired
            .http
            .post(wired.url("/crm/v8/coql"))
            .bearer_auth(token);
        let request = request.body(json!({"select_query": query}).to_string());
        async move { got(request.send().await.unwrap()).await.status.as_u16() }
    };
    let leads = "select id from Leads where id is null";
    for (scopes, query, status) in [
        (
            vec!["ZohoCRM.coql.READ", "ZohoCRM.modules.leads.READ"],
            leads,
            204,
        ),
        (vec!["ZohoCRM.modules.ALL"], leads, 401),
        (vec!["ZohoCRM.coql.READ"], leads, 401),
        (
            vec!["ZohoCRM.coql.READ", "ZohoCRM.modules.contacts.READ"],
            "select id from Contacts where Account_Name in (select id from Accounts where id is null)",
            401,
        ),
    ] {
        let token = wired.token_with(&scopes).await;
        assert_eq!(ask_with(token, query).await, status, "{scopes:?} {query}");
    }
    for (limit, credits) in [
        ("", 1),
        ("limit 200", 1),
        ("limit 201", 2),
        ("limit 5, 1001", 3),
    ] {
        let query = format!("select id from Leads where id is null {limit}");
        ask(&wired, &query).await;
        let journal = wired.simulator.journal();
        assert_eq!(journal.last().unwrap()["credits"], credits, "{query}");
    }
}
