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
