//! Search by criteria, e-mail, phone and word.

use serde_json::{Value, json};

use crate::support::Wired;

async fn names(wired: &Wired, query: &[(&str, &str)]) -> Vec<String> {
    let request = wired
        .http
        .get(wired.url("/crm/v8/Leads/search"))
        .query(query)
        .bearer_auth(&wired.token);
    let got = crate::support::got(request.send().await.unwrap()).await;
    if got.status == 204 {
        return Vec::new();
    }
    assert_eq!(got.status, 200, "{}", got.text);
    let mut names: Vec<String> = got.json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["Last_Name"].as_str().unwrap().to_owned())
        .collect();
    names.sort();
    names
}

async fn world() -> Wired {
    let wired = Wired::start().await;
    for row in [
        json!({"Last_Name": "Burns, B", "Company": "ABC Inc", "Email": "b@abc.example", "No_of_Employees": 5, "Phone": "+44 20 7946 0101"}),
        json!({"Last_Name": "Cole", "Company": "ABC (UK)", "Email_Opt_Out": true, "No_of_Employees": 50, "Rating": "Active"}),
        json!({"Last_Name": "Dean", "Company": "Orchard", "Secondary_Email": "dean@orchard.example", "No_of_Employees": 500}),
    ] {
        wired.record("Leads", row).await;
    }
    wired
}

#[tokio::test]
async fn criteria_combine_and_compare_by_type() {
    let wired = world().await;
    for (criteria, wanted) in [
        ("(Company:equals:abc)", vec!["Burns, B", "Cole"]),
        (r"(Last_Name:equals:Burns\, B)", vec!["Burns, B"]),
        (r"(Company:equals:ABC \(UK\))", vec!["Cole"]),
        ("(Company:starts_with:Orch)", vec!["Dean"]),
        (
            "((Company:equals:abc)and(No_of_Employees:greater_than:5))",
            vec!["Cole"],
        ),
        (
            "((No_of_Employees:less_equal:5)or((Company:equals:Orchard)and(Email_Opt_Out:equals:false)))",
            vec!["Burns, B", "Dean"],
        ),
        ("(No_of_Employees:between:10,600)", vec!["Cole", "Dean"]),
        ("(Last_Name:in:Cole,Dean,Nobody)", vec!["Cole", "Dean"]),
        ("(Rating:not_equal:Active)", vec!["Burns, B", "Dean"]),
        ("Company:equals:Orchard", vec!["Dean"]),
        ("(Created_Time:less_than:2020-01-01T00:00:00+00:00)", vec![]),
    ] {
        assert_eq!(
            names(&wired, &[("criteria", criteria)]).await,
            wanted,
            "{criteria}"
        );
    }
}

#[tokio::test]
async fn email_phone_and_word_look_into_all_their_fields() {
    let wired = world().await;
    assert_eq!(
        names(&wired, &[("email", "DEAN@orchard.example")]).await,
        ["Dean"]
    );
    assert_eq!(names(&wired, &[("phone", "7946 0101")]).await, ["Burns, B"]);
    assert_eq!(names(&wired, &[("word", "orch")]).await, ["Dean"]);
    assert_eq!(
        names(
            &wired,
            &[("criteria", "(Last_Name:equals:Cole)"), ("word", "orch")]
        )
        .await,
        ["Cole"]
    );
    assert_eq!(
        names(&wired, &[("word", "nothing")]).await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn wrong_searches_are_refused_with_reasons() {
    let wired = world().await;
    let too_many = format!("({})", vec!["(City:equals:x)"; 16].join("and"));
    let values = vec!["x"; 101].join(",");
    for (query, code) in [
        (vec![], "EXPECTED_PARAM_MISSING"),
        (vec![("criteria", "(Nothing:equals:x)")], "INVALID_QUERY"),
        (
            vec![("criteria", "(Last_Name:contains:x)")],
            "INVALID_QUERY",
        ),
        (
            vec![("criteria", "(No_of_Employees:equals:x)")],
            "INVALID_QUERY",
        ),
        (vec![("criteria", "(Last_Name:equals:x")], "INVALID_QUERY"),
        (vec![("criteria", "((((")], "INVALID_QUERY"),
        (
            vec![("criteria", too_many.as_str())],
            "CRITERIA_LIMIT_EXCEEDED",
        ),
        (
            vec![("criteria", &format!("(City:in:{values})"))],
            "INVALID_QUERY",
        ),
        (vec![("word", "x")], "INVALID_DATA"),
        (vec![("word", "xx"), ("page", "11")], "LIMIT_REACHED"),
    ] {
        let request = wired
            .http
            .get(wired.url("/crm/v8/Leads/search"))
            .query(&query)
            .bearer_auth(&wired.token);
        let got = crate::support::got(request.send().await.unwrap()).await;
        assert_eq!(
            (got.status.as_u16(), &got.json()["code"]),
            (400, &Value::from(code)),
            "{query:?}"
        );
    }
}

#[tokio::test]
async fn options_lists_and_references_are_found_whole() {
    let wired = Wired::start().await;
    let account = wired
        .record(
            "Accounts",
            json!({"Account_Name": "Orchard", "Industry": "Data Services"}),
        )
        .await;
    for name in ["One", "Two"] {
        wired
            .record(
                "Contacts",
                json!({"Last_Name": name, "Account_Name": {"id": account}}),
            )
            .await;
    }
    let found = |criteria: String| {
        let request = wired
            .http
            .get(wired.url("/crm/v8/Contacts/search"))
            .query(&[("criteria", criteria), ("fields", "Last_Name".to_owned())])
            .bearer_auth(&wired.token);
        async move {
            let got = crate::support::got(request.send().await.unwrap()).await;
            match got.status.as_u16() {
                204 => Vec::new(),
                _ => got.json()["data"].as_array().unwrap().clone(),
            }
        }
    };
    let names = |rows: Vec<Value>| -> Vec<String> {
        rows.iter()
            .map(|row| row["Last_Name"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(found(format!("(Account_Name:equals:{account})")).await),
        ["Two", "One"]
    );
    assert_eq!(
        names(
            found(format!(
                "((Account_Name:in:{account},1)and(Last_Name:equals:one))"
            ))
            .await
        ),
        ["One"]
    );
    assert!(found("(Account_Name:equals:1)".to_owned()).await.is_empty());
    let approved = wired
        .get("/crm/v8/Contacts/search?criteria=(Last_Name:equals:One)&approval_state=approved")
        .await;
    assert_eq!(approved.json()["info"]["count"], 1);
    for query in ["approval_state=merge_pending", "approved=false"] {
        let path = format!("/crm/v8/Contacts/search?criteria=(Last_Name:equals:One)&{query}");
        assert_eq!(wired.get(&path).await.status, 204, "{query}");
    }
}

#[tokio::test]
async fn pages_of_a_search_show_every_record_once() {
    let wired = Wired::start().await;
    for number in 0..25 {
        wired
            .record("Leads", json!({"Last_Name": format!("Page {number}"), "Company": "Walked", "No_of_Employees": number % 3}))
            .await;
    }
    for sort in [
        "",
        "&sort_by=id&sort_order=asc",
        "&sort_by=No_of_Employees",
        "&sort_by=Modified_Time",
    ] {
        let mut seen = Vec::new();
        for page in 1..=4 {
            let path = format!(
                "/crm/v8/Leads/search?criteria=(Company:equals:walked)&per_page=7&page={page}{sort}"
            );
            let got = wired.get(&path).await.json();
            assert_eq!(got["info"]["more_records"], page < 4, "{sort} {page}");
            let rows = got["data"].as_array().unwrap().clone();
            seen.extend(
                rows.iter()
                    .map(|row| row["id"].as_str().unwrap().to_owned()),
            );
        }
        assert_eq!(seen.len(), 25, "{sort}");
        if sort.is_empty() {
            assert!(seen.is_sorted_by(|left, right| left > right));
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 25, "{sort}");
    }
    let count = wired
        .get("/crm/v8/Leads/actions/count?criteria=(Company:equals:walked)")
        .await;
    assert_eq!(count.json(), json!({"count": 25}));
    let count = wired
        .post(
            "/crm/v8/Leads/actions/count?criteria=(Company:equals:walked)",
            &json!({}),
        )
        .await;
    assert_eq!(count.json(), json!({"count": 25}));
}

#[tokio::test]
async fn what_was_written_is_found_after_the_delay() {
    let wired = Wired::start().await;
    let id = wired
        .record("Leads", json!({"Last_Name": "Late", "Company": "Old"}))
        .await;
    let got = wired
        .put("/__sim/v1/search", &json!({"delay_seconds": 30}))
        .await;
    assert_eq!(got.json(), json!({"delay_seconds": 30}));
    let old = "(Company:equals:old)";
    let new = "(Company:equals:new)";
    assert!(names(&wired, &[("criteria", old)]).await.is_empty());
    wired.simulator.advance(31);
    assert_eq!(names(&wired, &[("criteria", old)]).await, ["Late"]);
    let body = json!({"data": [{"Company": "New"}]});
    wired.put(&format!("/crm/v8/Leads/{id}"), &body).await;
    assert_eq!(names(&wired, &[("criteria", old)]).await, ["Late"]);
    assert!(names(&wired, &[("criteria", new)]).await.is_empty());
    let query = json!({"select_query": "select id from Leads where Company = 'New'"});
    assert_eq!(wired.post("/crm/v8/coql", &query).await.status, 200);
    let count = wired
        .get(&format!("/crm/v8/Leads/actions/count?criteria={new}"))
        .await;
    assert_eq!(count.json(), json!({"count": 0}));
    wired.simulator.advance(31);
    assert!(names(&wired, &[("criteria", old)]).await.is_empty());
    assert_eq!(names(&wired, &[("criteria", new)]).await, ["Late"]);
    wired.delete(&format!("/crm/v8/Leads/{id}")).await;
    assert!(names(&wired, &[("criteria", new)]).await.is_empty());
}
