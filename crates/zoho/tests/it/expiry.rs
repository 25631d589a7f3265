//! Many callers at the end of an access token's life.

use futures_util::future::join_all;
use zoho::{Client, DataCenter};
use zoho_sim::Limits;

use crate::simulated::{simulator, url};

#[tokio::test]
async fn a_thousand_calls_at_the_end_of_a_token_ask_for_one_other() {
    let simulator = simulator().await;
    simulator.set_limits(Limits::off());
    let client = Client::builder(DataCenter::Us)
        .accounts_url(url(&simulator))
        .concurrency_max(50)
        .refresh_token_grant(
            "1000.LEADWAYDEMO",
            "leadway-demo-secret".into(),
            "1000.leadway-demo-refresh".into(),
        )
        .build()
        .unwrap();
    client.crm().org().await.unwrap();
    simulator.advance(3_601);
    let calls = (0..1_000).map(|_| {
        let client = client.clone();
        async move { client.crm().org().await }
    });
    for answer in join_all(calls).await {
        answer.unwrap();
    }
    let journal = simulator.journal();
    let asked = journal
        .iter()
        .filter(|entry| entry["path"] == "/oauth/v2/token")
        .count();
    assert_eq!(
        asked, 2,
        "one at the start, one for all that found the token dead"
    );
}
