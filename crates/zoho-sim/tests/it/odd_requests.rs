//! No request, however odd, gets a 5xx or ends the simulator.

use proptest::prelude::*;
use reqwest::Method;

use crate::support::Wired;

fn path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        Just("crm".to_owned()),
        Just("v8".to_owned()),
        Just("v2".to_owned()),
        Just("Leads".to_owned()),
        Just("deals".to_owned()),
        Just("upsert".to_owned()),
        Just("search".to_owned()),
        Just("settings".to_owned()),
        Just("fields".to_owned()),
        Just("actions".to_owned()),
        Just("count".to_owned()),
        Just("oauth".to_owned()),
        Just("token".to_owned()),
        Just("__sim".to_owned()),
        Just("records".to_owned()),
        Just("%00".to_owned()),
        Just("%F0%9F%92%A9".to_owned()),
        "[0-9]{1,25}",
        "[a-zA-Z_~.-]{1,8}",
    ];
    let free = prop::collection::vec(segment.clone(), 0..6)
        .prop_map(|parts| format!("/{}", parts.join("/")));
    let crm = prop::collection::vec(segment.clone(), 0..4)
        .prop_map(|parts| format!("/crm/v8/{}", parts.join("/")));
    let leads = prop::collection::vec(segment.clone(), 0..3)
        .prop_map(|parts| format!("/crm/v8/Leads/{}", parts.join("/")));
    let control = prop::collection::vec(segment, 0..3)
        .prop_map(|parts| format!("/__sim/v1/{}", parts.join("/")));
    prop_oneof![free, crm.clone(), crm, leads.clone(), leads, control]
}

fn query() -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        Just("fields"),
        Just("page"),
        Just("per_page"),
        Just("page_token"),
        Just("sort_by"),
        Just("sort_order"),
        Just("ids"),
        Just("criteria"),
        Just("word"),
        Just("phone"),
        Just("email"),
        Just("converted"),
        Just("type"),
        Just("module"),
        Just("cvid"),
    ];
    let value = prop_oneof![
        "[0-9]{1,22}",
        Just("Last_Name,Email".to_owned()),
        Just("((Last_Name:equals:a)and(".to_owned()),
        Just("(Last_Name:in:a,b\\".to_owned()),
        Just("(Amount:between:1)".to_owned()),
        "\\PC{0,12}",
        "[()a-z:,\\\\]{0,30}",
    ];
    prop::collection::vec((name.prop_map(str::to_owned), value), 0..4)
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just("-1".to_owned()),
        Just("1e400".to_owned()),
        Just("99999999999999999999".to_owned()),
        Just("\"\\u0000\"".to_owned()),
        Just("\"2026-02-30\"".to_owned()),
        Just("[]".to_owned()),
        Just("{}".to_owned()),
        Just("[[1]]".to_owned()),
        Just("{\"id\":\"x\"}".to_owned()),
        Just("{\"id\":5}".to_owned()),
        Just("\"é\"".to_owned()),
    ];
    let field = prop_oneof![
        Just("Last_Name"),
        Just("Email"),
        Just("id"),
        Just("Owner"),
        Just("Layout"),
        Just("Tag"),
        Just("Amount"),
        Just("Stage"),
        Just("No_of_Employees"),
        Just("Email_Opt_Out"),
        Just("Annual_Revenue"),
        Just("Closing_Date"),
        Just("Account_Name"),
        Just("kind"),
        Just("seconds"),
    ];
    let row = prop::collection::vec((field, scalar.clone()), 0..5).prop_map(|pairs| {
        let pairs: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        format!("{{{}}}", pairs.join(","))
    });
    let rows = prop::collection::vec(prop_oneof![3 => row.clone(), 1 => scalar.clone()], 0..4);
    let whole = (rows, scalar.clone()).prop_map(|(rows, other)| {
        format!(
            "{{\"data\":[{}],\"duplicate_check_fields\":{other},\"trigger\":[]}}",
            rows.join(",")
        )
        .into_bytes()
    });
    prop_oneof![4 => whole, 1 => row.prop_map(String::into_bytes), 1 => scalar.prop_map(String::into_bytes), 1 => prop::collection::vec(any::<u8>(), 0..40)]
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![
        Just(Method::GET),
        Just(Method::POST),
        Just(Method::PUT),
        Just(Method::DELETE),
        Just(Method::PATCH),
        Just(Method::HEAD),
        Just(Method::OPTIONS),
        Just(Method::TRACE),
        Just(Method::from_bytes(b"ODD").unwrap()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, ..ProptestConfig::default() })]

    #[test]
    fn odd_requests_are_answered_below_500(
        requests in prop::collection::vec((method(), path(), query(), body()), 20)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let wired = Wired::with(zoho_sim::Config { limits: Some(zoho_sim::Limits::off()), ..zoho_sim::Config::default() }).await;
            for (method, path, query, body) in requests {
                let request = wired.http.request(method.clone(), wired.url(&path)).query(&query);
                let answer = request.bearer_auth(&wired.token).body(body.clone()).send().await;
                let status = answer.unwrap().status().as_u16();
                assert!(status < 500, "{method} {path} {query:?} {} gave {status}", String::from_utf8_lossy(&body));
            }
            assert_eq!(wired.get("/__sim/v1/health").await.status, 200);
        });
    }
}
