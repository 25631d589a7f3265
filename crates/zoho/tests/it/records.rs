//! All record operations, against the simulator.

use futures_util::{StreamExt, TryStreamExt};
use serde_json::{json, value::to_raw_value};
use zoho::ErrorKind;
use zoho::crm::{
    Converted, Criteria, Crm, DeletedKind, Record, RecordId, RowErrorKind, SortOrder, UpsertAction,
};

use crate::simulated::{client, served, simulator};

async fn insert_leads(crm: &Crm, names: impl IntoIterator<Item = String>) -> Vec<RecordId> {
    let records = names
        .into_iter()
        .map(|name| to_raw_value(&json!({"Last_Name": name, "Company": "Orchard"})).unwrap());
    let written = crm
        .insert("Leads")
        .records_json(records)
        .send()
        .await
        .unwrap();
    written
        .rows
        .iter()
        .map(|row| row.success().unwrap().id.clone())
        .collect()
}

#[tokio::test]
async fn a_record_is_inserted_read_updated_and_deleted() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();

    let record =
        json!({"Last_Name": "Blake", "Email": "blake@orchard.example", "Company": "Orchard"});
    let written = crm
        .insert("Leads")
        .record(&record)
        .unwrap()
        .trigger(Vec::<String>::new())
        .send()
        .await
        .unwrap();
    assert_eq!(
        (written.http_status, written.credits, written.rows.len()),
        (201, 1, 1)
    );
    let success = written.rows[0].success().unwrap();
    assert_eq!(
        (success.message.as_str(), success.action),
        ("record added", None)
    );
    assert!(success.created_at.is_some() && success.modified_at.is_some());
    let id = success.id.clone();

    let lead = crm.get("Leads", &id).await.unwrap().unwrap();
    assert_eq!(
        (lead.text("Last_Name"), lead.id()),
        (Some("Blake"), Some(id.clone()))
    );
    let lead = crm
        .get_fields("Leads", &id, ["Email"])
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (lead.text("Email"), lead.get("Last_Name")),
        (Some("blake@orchard.example"), None)
    );

    let change = json!({"id": id, "City": "Rome", "Company": null});
    let updated = crm
        .update("Leads")
        .record(&change)
        .unwrap()
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            updated.http_status,
            updated.rows[0].success().unwrap().message.as_str()
        ),
        (200, "record updated")
    );
    let lead = crm.get("Leads", &id).await.unwrap().unwrap();
    assert_eq!(
        (lead.text("City"), lead.text("Company")),
        (Some("Rome"), None)
    );

    let deleted = crm
        .delete("Leads", std::slice::from_ref(&id))
        .await
        .unwrap();
    assert_eq!(deleted.rows[0].success().unwrap().id, id);
    assert!(crm.get("Leads", &id).await.unwrap().is_none());
    let again = crm
        .delete("Leads", std::slice::from_ref(&id))
        .await
        .unwrap();
    assert_eq!(
        again.rows[0].refusal().unwrap().kind(),
        RowErrorKind::UnknownRecord
    );
    let bin: Vec<_> = crm
        .deleted("Leads")
        .kind(DeletedKind::Recycle)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert!(
        bin.iter()
            .any(|record| record.id == id && record.deleted_at.is_some()),
        "{bin:?}"
    );
}

#[tokio::test]
async fn an_upsert_tells_insert_from_update() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let upsert = |city: &str| {
        let record = json!({"Last_Name": "Blake", "Email": "blake@orchard.example", "City": city});
        crm.upsert("Leads")
            .record(&record)
            .unwrap()
            .duplicate_check_fields(["Email"])
    };
    let first = upsert("Rome").send().await.unwrap();
    let second = upsert("Oslo")
        .skip_feature_execution(["cadences"])
        .send()
        .await
        .unwrap();
    let (first, second) = (
        first.rows[0].success().unwrap(),
        second.rows[0].success().unwrap(),
    );
    assert_eq!(
        (first.action, first.duplicate_field.as_deref()),
        (Some(UpsertAction::Insert), None)
    );
    assert_eq!(
        (second.action, second.duplicate_field.as_deref()),
        (Some(UpsertAction::Update), Some("Email"))
    );
    assert_eq!(first.id, second.id);
}

#[tokio::test]
async fn each_row_has_its_own_outcome_in_order() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let written = crm
        .insert("Leads")
        .record(&json!({"Last_Name": "Good"}))
        .unwrap()
        .record(&json!({"First_Name": "Nameless"}))
        .unwrap()
        .record(&json!({"Last_Name": "x".repeat(81)}))
        .unwrap()
        .record(&json!({"Last_Name": "Cole", "Email": "not an address"}))
        .unwrap()
        .record(&json!({"Last_Name": "Dunn", "No_of_Employees": "many"}))
        .unwrap()
        .send()
        .await
        .unwrap();
    assert_eq!(written.http_status, 207);
    let seen: Vec<String> = written
        .rows
        .iter()
        .map(|row| match row.refusal() {
            None => "added".to_owned(),
            Some(error) => {
                let field = error.api_name.as_deref().unwrap_or_default();
                format!(
                    "{} {field} {:?} {}",
                    error.code,
                    error.kind(),
                    error.json_path.as_deref().unwrap_or_default()
                )
            }
        })
        .collect();
    insta::assert_snapshot!(seen.join("\n"), @r"
    added
    MANDATORY_NOT_FOUND Last_Name Missing $.data[1].Last_Name
    INVALID_DATA Last_Name InvalidValue $.data[2].Last_Name
    INVALID_DATA Email InvalidValue $.data[3].Email
    INVALID_DATA No_of_Employees InvalidValue $.data[4].No_of_Employees
    ");
    assert_eq!(
        written.rows[2].refusal().unwrap().maximum_length(),
        Some(80)
    );
    assert_eq!(
        written.rows[4].refusal().unwrap().expected_data_type(),
        Some("integer")
    );
}

#[tokio::test]
async fn a_single_bad_record_is_a_row_and_not_an_error_of_the_call() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let written = crm
        .insert("Leads")
        .record(&json!({"City": "Rome"}))
        .unwrap()
        .send()
        .await
        .unwrap();
    assert_eq!(written.http_status, 400);
    assert_eq!(
        written.rows[0].refusal().unwrap().code,
        "MANDATORY_NOT_FOUND"
    );
    let unknown = json!({"id": "4876876000000999999", "City": "Rome"});
    let written = crm
        .update("Leads")
        .record(&unknown)
        .unwrap()
        .send()
        .await
        .unwrap();
    assert_eq!(
        written.rows[0].refusal().unwrap().kind(),
        RowErrorKind::UnknownRecord
    );
}

#[tokio::test]
async fn a_record_that_was_changed_in_between_is_not_overwritten() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = insert_leads(&crm, ["Blake".to_owned()]).await.remove(0);
    let long_ago = "2001-01-01T00:00:00Z".parse().unwrap();
    let change = json!({"id": id, "City": "Rome"});
    let written = crm
        .update("Leads")
        .record(&change)
        .unwrap()
        .if_unmodified_since(long_ago)
        .send()
        .await
        .unwrap();
    assert_eq!(written.http_status, 412);
    assert_eq!(
        written.rows[0].refusal().unwrap().kind(),
        RowErrorKind::State
    );
}

#[tokio::test]
async fn a_listing_is_walked_by_page_tokens_without_loss_or_repeats() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let mut ids = Vec::new();
    for start in [0, 100, 200] {
        ids.extend(insert_leads(&crm, (start..start + 100).map(|n| format!("Lead {n}"))).await);
    }
    let list = || {
        crm.list("Leads")
            .fields(["Last_Name"])
            .ids(Vec::new())
            .sort_by("id")
            .sort_order(SortOrder::Ascending)
            .per_page(70)
    };
    let pages: Vec<_> = list().stream_pages().try_collect().await.unwrap();
    assert!(
        pages[..pages.len() - 1]
            .iter()
            .all(|page| page.records.len() == 70 && page.info.next_page_token.is_some())
    );
    let all: Vec<Record> = list().stream().try_collect().await.unwrap();
    let walked: Vec<RecordId> = all
        .iter()
        .filter_map(Record::id)
        .filter(|id| ids.contains(id))
        .collect();
    ids.sort();
    assert_eq!(walked, ids);

    let second = list().page(2).send().await.unwrap();
    assert_eq!(second.records, pages[1].records);
    let by_token = list()
        .page_token(pages[0].info.next_page_token.clone().unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(by_token.records, pages[1].records);
    let few = crm
        .list("Leads")
        .fields(["Last_Name"])
        .ids(ids[..3].to_vec())
        .send()
        .await
        .unwrap();
    assert_eq!(few.records.len(), 3);
}

#[tokio::test]
async fn an_empty_listing_and_an_unchanged_one_are_empty_pages() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let unchanged = "2200-01-01T00:00:00Z".parse().unwrap();
    let page = crm
        .list("Leads")
        .fields(["Last_Name"])
        .modified_since(unchanged)
        .send()
        .await
        .unwrap();
    assert!(page.records.is_empty() && !page.info.more_records);
    let page = crm
        .list("Leads")
        .fields(["Last_Name"])
        .converted(Converted::Yes)
        .send()
        .await
        .unwrap();
    assert!(page.records.is_empty());
}

#[tokio::test]
async fn a_search_finds_hostile_values_by_their_criteria() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let names = [r"Burns,B (Jr)", r"Back\slash", "O'Neil & Söhne", "100% + 5"];
    let ids = insert_leads(&crm, names.map(str::to_owned)).await;
    for (name, id) in names.iter().zip(&ids) {
        let page = crm
            .search("Leads")
            .criteria(Criteria::equals("Last_Name", name))
            .send()
            .await
            .unwrap();
        assert_eq!(
            page.records
                .iter()
                .filter_map(Record::id)
                .collect::<Vec<_>>(),
            std::slice::from_ref(id),
            "{name}"
        );
    }
    let both = Criteria::any_of("Last_Name", [names[0], names[2]])
        .and(Criteria::equals("Company", "Orchard"));
    let found: Vec<_> = crm
        .search("Leads")
        .criteria(both)
        .fields(["Last_Name"])
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found.len(), 2);
    let none = crm
        .search("Leads")
        .criteria(Criteria::equals("Last_Name", "Nobody at all"))
        .send()
        .await
        .unwrap();
    assert!(none.records.is_empty());
}

#[tokio::test]
async fn a_search_goes_by_email_phone_and_word() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let record =
        json!({"Last_Name": "Zyxwv", "Email": "zyx+1@orchard.example", "Phone": "+39 06 123456"});
    crm.insert("Leads")
        .record(&record)
        .unwrap()
        .send()
        .await
        .unwrap();
    let searches = [
        crm.search("Leads").email("zyx+1@orchard.example"),
        crm.search("Leads").phone("+39 06 123456"),
        crm.search("Leads").word("Zyxwv"),
    ];
    for search in searches {
        let found: Vec<_> = search.stream().map(Result::unwrap).collect().await;
        assert_eq!(
            found
                .iter()
                .filter_map(|lead| lead.text("Last_Name"))
                .collect::<Vec<_>>(),
            ["Zyxwv"]
        );
    }
}

#[tokio::test]
async fn counts_follow_the_records() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let before = crm.count("Leads").await.unwrap();
    insert_leads(&crm, ["Qwertz".to_owned(), "Asdf".to_owned()]).await;
    assert_eq!(crm.count("Leads").await.unwrap(), before + 2);
    assert_eq!(
        crm.count_matching("Leads", &Criteria::equals("Last_Name", "Qwertz"))
            .await
            .unwrap(),
        1
    );
}

#[tokio::test]
async fn a_hundred_records_cost_ten_credits_in_both_books() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let records =
        (0..100).map(|n| to_raw_value(&json!({"Last_Name": format!("Lead {n}")})).unwrap());
    let written = crm
        .insert("Leads")
        .records_json(records)
        .send()
        .await
        .unwrap();
    assert_eq!((written.credits, written.rows.len()), (10, 100));
    assert_eq!(served(&simulator, "/crm/v8/Leads")[0]["credits"], 10);
}

#[tokio::test]
async fn an_unknown_module_is_refused_as_a_whole() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let insert = crm
        .insert("Nonsense")
        .record(&json!({"A": 1}))
        .unwrap()
        .send()
        .await
        .unwrap_err();
    let list = crm.list("Nonsense").fields(["A"]).send().await.unwrap_err();
    for error in [insert, list] {
        assert_eq!(
            (error.kind(), error.code(), error.http_status()),
            (ErrorKind::Refused, Some("INVALID_MODULE"), Some(400))
        );
    }
}
