//! Files, notifications, processes, mails and calls in calls, against the simulator; and who repeats what after a lost
//! answer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::TryStreamExt;
use jiff::Timestamp;
use serde_json::{Value, json};
use zoho::crm::{
    BulkOperation, BulkResource, ChannelDraft, Coql, Crm, ExternalField, MassUpdated, NoteDraft,
    RecordId, SubAnswer, SubRequest, UserKind,
};
use zoho::policy::{CallCost, CreditLedger, OutOfCredits, Reservation, RetryPolicy};
use zoho::{Bytes, Error, ErrorKind, Method, Upload};

use crate::actions::{insert, lead};
use crate::scripted::{Scripted, Step, json as answer};
use crate::simulated::{builder, client, served, simulator};

async fn content(download: zoho::Download) -> Vec<u8> {
    let pieces: Vec<Bytes> = download.into_stream().try_collect().await.unwrap();
    pieces.concat()
}

/// The smallest picture that there is.
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";

#[tokio::test]
async fn a_photo_is_set_loaded_and_deleted() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = lead(&crm, "Blake").await;
    assert!(crm.photo("Leads", &id).await.unwrap().is_none());
    let photo = Upload::from_bytes("a.gif", Bytes::from_static(GIF)).content_type("image/gif");
    let set = crm.set_photo("Leads", &id, photo).await.unwrap();
    assert_eq!(set.code, "SUCCESS");
    let photo = crm.photo("Leads", &id).await.unwrap().unwrap();
    assert_eq!(content(photo).await, GIF);
    crm.delete_photo("Leads", &id).await.unwrap();
    assert!(crm.photo("Leads", &id).await.unwrap().is_none());
    let no_photo = Upload::from_bytes("a.exe", Bytes::from_static(b"MZ"));
    let error = crm.set_photo("Leads", &id, no_photo).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused, "{error}");
}

#[tokio::test]
async fn files_go_into_the_store_and_come_out() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let file = |name: &str| Upload::from_bytes(name, Bytes::from_static(b"text"));
    let stored = crm
        .upload_files([file("a.txt"), file("b.txt")])
        .await
        .unwrap();
    assert_eq!(stored.len(), 2);
    let accepted = stored[1].accepted().unwrap();
    let id = accepted.details["id"].as_str().unwrap();
    assert_eq!(accepted.details["name"], "b.txt");
    let loaded = crm.file(id).await.unwrap().unwrap();
    assert_eq!(content(loaded).await, b"text");
    assert!(crm.file("00").await.unwrap().is_none());
    let many = (0..11).map(|_| file("a.txt"));
    assert_eq!(
        crm.upload_files(many).await.unwrap_err().kind(),
        ErrorKind::Input
    );
}

#[tokio::test]
async fn a_timeline_tells_what_happened() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = lead(&crm, "Blake").await;
    let change = json!({"id": id, "City": "Rome"});
    crm.update("Leads")
        .record(&change)
        .unwrap()
        .send()
        .await
        .unwrap();
    let entries: Vec<_> = crm
        .timeline("Leads", &id)
        .per_page(1)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert!(entries.len() >= 2, "{entries:?}");
    let change = entries
        .iter()
        .find(|entry| !entry.field_history.is_empty())
        .unwrap();
    assert!(change.done_by.is_some() && change.audited_at.is_some());
    let city = change
        .field_history
        .iter()
        .find(|field| field.api_name == "City");
    assert_eq!(city.unwrap().value.new, Some(json!("Rome")), "{change:?}");
}

#[tokio::test]
async fn many_records_are_updated_at_once_or_later() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let ids = [lead(&crm, "A").await, lead(&crm, "B").await];
    let update = crm
        .mass_update("Leads")
        .field("City", "Rome")
        .overwrite(true);
    let MassUpdated::Done(done) = update.clone().ids(ids.clone()).send().await.unwrap() else {
        panic!("by ids it is done at once");
    };
    assert!(done.is_success() && done.rows.len() == 2, "{done:?}");
    let lead = crm.get("Leads", &ids[0]).await.unwrap().unwrap();
    assert_eq!(lead.text("City"), Some("Rome"));

    let views = crm.custom_views("Leads").await.unwrap();
    let mut all = views.iter();
    let all = all.find(|view| view.system_name.as_deref() == Some("ALLVIEWS"));
    let view = all.unwrap().id.clone();
    let scheduled = crm
        .mass_update("Leads")
        .field("City", "Bern")
        .overwrite(true);
    let MassUpdated::Scheduled { job_id } = scheduled.custom_view(&view).send().await.unwrap()
    else {
        panic!("by a view it is done later");
    };
    simulator.advance(3600);
    let job = crm
        .mass_update_job("Leads", &job_id)
        .await
        .unwrap()
        .unwrap();
    assert!(job.is_settled(), "{job:?}");
    assert_eq!(job.done_count, Some(2));
    assert!(crm.mass_update_job("Leads", "1").await.unwrap().is_none());
    for bad in [
        update.clone(),
        update.ids([]),
        crm.mass_update("Leads").ids(ids),
    ] {
        assert_eq!(bad.send().await.unwrap_err().kind(), ErrorKind::Input);
    }
}

#[tokio::test]
async fn records_are_merged_into_a_master() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let (master, other) = (lead(&crm, "Blake").await, lead(&crm, "Blake").await);
    let change = json!({"id": other, "City": "Rome"});
    crm.update("Leads")
        .record(&change)
        .unwrap()
        .send()
        .await
        .unwrap();
    let merge = crm.merge("Leads", &master, [other.clone()]);
    let bad = merge
        .clone()
        .take(&master, ["City"])
        .send()
        .await
        .unwrap_err();
    assert_eq!(bad.kind(), ErrorKind::Input);
    let merged = merge
        .take(&other, ["City"])
        .keep(["Last_Name"])
        .send()
        .await
        .unwrap();
    assert!(
        matches!(merged.code.as_str(), "SUCCESS" | "SCHEDULED"),
        "{merged:?}"
    );
    simulator.advance(3600);
    if let Some(job_id) = merged.details.get("job_id").and_then(Value::as_str) {
        let job = crm.merge_job("Leads", &master, job_id).await.unwrap();
        assert!(job.is_none_or(|job| job.contains_key("status")));
    }
    let lead = crm.get("Leads", &master).await.unwrap().unwrap();
    assert_eq!(lead.text("City"), Some("Rome"));
    assert!(crm.get("Leads", &other).await.unwrap().is_none());
}

#[tokio::test]
async fn a_blueprint_is_read_and_a_step_is_made() {
    let blueprint = json!({"blueprint": {
        "process_info": {"field_id": "1", "name": "Sale", "field_value": "New"},
        "transitions": [{"id": "77", "name": "Call", "next_field_value": "Called", "criteria_matched": true,
            "fields": [{"api_name": "Phone"}], "data": {"Phone": null}, "percent_partial_save": 0.0}],
    }});
    let scripted = Scripted::start()
        .await
        .api(answer(200, blueprint.to_string()))
        .api(answer(200, r#"{"code":"SUCCESS","details":{},"message":"transition updated successfully","status":"success"}"#))
        .api(answer(400, r#"{"code":"RECORD_NOT_IN_PROCESS","details":{},"message":"record not in process","status":"error"}"#))
        .api(answer(400, r#"{"code":"INVALID_DATA","details":{"api_name":"Phone"},"message":"invalid data","status":"error"}"#));
    let crm = scripted.client().crm();
    let id: RecordId = "5".parse().unwrap();
    let blueprint = crm.blueprint("Leads", &id).await.unwrap().unwrap();
    let step = &blueprint.transitions[0];
    assert_eq!(
        (step.name.as_str(), step.id.as_deref()),
        ("Call", Some("77"))
    );
    assert_eq!(blueprint.process_info["name"], "Sale");
    let made = crm
        .transition("Leads", &id, "77", &json!({"Phone": "1"}))
        .await
        .unwrap();
    assert_eq!(made.message, "transition updated successfully");
    assert!(crm.blueprint("Leads", &id).await.unwrap().is_none());
    let refused = crm
        .transition("Leads", &id, "77", &json!({}))
        .await
        .unwrap_err();
    assert_eq!(
        (refused.code(), refused.details()["api_name"].as_str()),
        (Some("INVALID_DATA"), Some("Phone"))
    );
    assert_eq!(
        scripted.requests("/crm/")[1].body,
        r#"{"blueprint":[{"transition_id":"77","data":{"Phone":"1"}}]}"#
    );
}

#[tokio::test]
async fn a_mail_is_sent_from_a_record() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = lead(&crm, "Blake").await;
    let me = crm.current_user().await.unwrap();
    let sent = crm
        .send_mail("Leads", &id)
        .from(&me.email, &me.full_name)
        .to("blake@orchard.example", "Blake")
        .cc("gray@orchard.example", "Gray")
        .subject("Hello")
        .html("<b>Hello</b>")
        .send()
        .await
        .unwrap();
    assert!(sent.message_id.is_some(), "{sent:?}");
    let nobody = crm
        .send_mail("Leads", &id)
        .from(&me.email, "A")
        .send()
        .await;
    assert_eq!(nobody.unwrap_err().kind(), ErrorKind::Input);
}

#[tokio::test]
async fn calls_in_a_call_refer_to_one_another() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let account = SubRequest::new("account", Method::POST, "/crm/v8/Accounts")
        .body(json!({"data": [{"Account_Name": "Orchard"}]}));
    let contact =
        SubRequest::new("contact", Method::POST, "/crm/v8/Contacts").body(json!({"data": [{
            "Last_Name": "Blake",
            "Account_Name": {"id": "@{account:$.data[0].details.id}"},
        }]}));
    let nothing = SubRequest::new("nothing", Method::GET, "/crm/v8/Nonsense").query("fields", "id");
    let answers = crm
        .composite()
        .request(account)
        .request(contact)
        .request(nothing)
        .parallel_execution(false)
        .send()
        .await
        .unwrap();
    assert_eq!(answers.len(), 3);
    assert!(
        answers[0].is_success() && answers[1].is_success(),
        "{answers:?}"
    );
    assert!(!answers[2].is_success());
    let SubAnswer::Answered { status, body, .. } = &answers[1] else {
        panic!("{answers:?}");
    };
    assert_eq!(*status, 201);
    let id: RecordId = body["data"][0]["details"]["id"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let contact = crm.get("Contacts", &id).await.unwrap().unwrap();
    assert_eq!(contact.get("Account_Name").unwrap()["name"], "Orchard");
    assert_eq!(served(&simulator, "/crm/v8/__composite_requests").len(), 1);
    let none = crm.composite().send().await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Input);
}

#[tokio::test]
async fn channels_are_enabled_changed_listed_and_disabled() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let channel = ChannelDraft::new(17)
        .events(["Leads.all", "Deals.edit"])
        .notify_url("http://127.0.0.1:9/zoho?k=v")
        .token("echo")
        .return_affected_field_values(true)
        .only_fields("Deals", ["Stage", "Amount", "Closing_Date"]);
    let text = format!("{channel:?}");
    assert!(
        !text.contains("echo") && !text.contains("127.0.0.1"),
        "{text}"
    );
    let bad = ChannelDraft::new(18).events(["Leads.all"]);
    let outcomes = crm.enable_notifications(&[channel, bad]).await.unwrap();
    assert!(outcomes[0].accepted().is_some(), "{outcomes:?}");
    assert_eq!(outcomes[1].refusal().unwrap().code, "MANDATORY_NOT_FOUND");

    let rows: Vec<_> = crm
        .notifications()
        .channel(17)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(rows.len(), 2, "{rows:?}");
    let leads = rows
        .iter()
        .find(|row| row.module.as_deref() == Some("Leads"))
        .unwrap();
    assert_eq!(
        (leads.token.as_deref(), leads.events.len()),
        (Some("echo"), 1),
        "{leads:?}"
    );
    let expires_at = leads.expires_at.clone();

    let first: Timestamp = expires_at.clone().unwrap().parse().unwrap();
    let tomorrow = first + jiff::SignedDuration::from_hours(24);
    let renewed = ChannelDraft::new(17)
        .events(["Leads.all", "Deals.edit"])
        .expires_at(tomorrow);
    let renewed = crm.update_notifications(&[renewed]).await.unwrap();
    assert!(renewed[0].accepted().is_some(), "{renewed:?}");
    let page = crm
        .notifications()
        .channel(17)
        .module("Leads")
        .send()
        .await
        .unwrap();
    assert_ne!(page.records[0].expires_at, expires_at);

    let less = crm
        .disable_events(&[ChannelDraft::new(17).events(["Deals.edit"])])
        .await
        .unwrap();
    assert!(less[0].accepted().is_some(), "{less:?}");
    let page = crm.notifications().channel(17).send().await.unwrap();
    assert_eq!(page.records.len(), 1);
    let replaced = ChannelDraft::new(17)
        .events(["Contacts.create"])
        .notify_url("http://127.0.0.1:9/");
    let replaced = crm.replace_notifications(&[replaced]).await.unwrap();
    assert!(replaced[0].accepted().is_some(), "{replaced:?}");
    let gone = crm.disable_notifications(&[17]).await.unwrap();
    assert!(gone[0].accepted().is_some(), "{gone:?}");
    assert_eq!(crm.notifications().send().await.unwrap().records.len(), 0);
    let again = crm.disable_notifications(&[17]).await;
    assert!(again.map_or(true, |outcomes| outcomes[0].refusal().is_some()));
}

#[tokio::test]
async fn users_are_listed_and_found() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let me = crm.current_user().await.unwrap();
    let users: Vec<_> = crm
        .users()
        .kind(UserKind::Active)
        .per_page(1)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert!(users.iter().any(|user| user.id == me.id), "{users:?}");
    let id: RecordId = me.id.parse().unwrap();
    assert_eq!(crm.user(&id).await.unwrap(), Some(me));
    assert!(crm.user(&"1".parse().unwrap()).await.unwrap().is_none());
}

/// Sends a call whose first answer is lost, and tells whether it was sent again.
async fn is_repeated(call: impl AsyncFn(Crm) -> Result<(), Error>) -> bool {
    let scripted = Scripted::start().await.api(Step::Close);
    let error = call(scripted.client().crm()).await.unwrap_err();
    match scripted.api_calls() {
        1 => assert!(error.is_outcome_unknown(), "{error:?}"),
        calls => assert_eq!(calls, 2, "{error:?}"),
    }
    scripted.api_calls() == 2
}

#[tokio::test]
async fn what_could_act_twice_is_not_repeated_after_a_lost_answer() {
    macro_rules! repeated {
        ($crm:ident => $($call:tt)+) => {
            is_repeated(async |$crm: Crm| $($call)+.await.map(|_| ())).await
        };
    }
    let id: RecordId = "5".parse().unwrap();
    let ids = [id.clone()];
    let text = || Upload::from_bytes("a.txt", Bytes::from_static(b"a"));
    let stream = || {
        let pieces =
            futures_util::stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"a"))]);
        Upload::from_stream("a.txt", 1, pieces)
    };
    let key = ExternalField::new("Leads", "Key").unwrap();
    let channel = [ChannelDraft::new(1)];
    let file = BulkResource::new("Leads", &id);
    let get = || SubRequest::new("a", Method::GET, "/crm/v8/Leads");
    let post = || SubRequest::new("a", Method::POST, "/crm/v8/Leads");

    assert!(
        repeated!(crm => crm.coql(format!("select id from Leads where A = {}", Coql::quoted("x"))).send())
    );
    assert!(repeated!(crm => crm.add_tags("Leads", &ids, &["vip"], false)));
    assert!(repeated!(crm => crm.remove_tags("Leads", &ids, &["vip"])));
    assert!(repeated!(crm => crm.change_owner("Leads", ids.clone(), &id).send()));
    assert!(repeated!(crm => crm.link("Campaigns", &id, "Leads", &[json!({"id": id})])));
    assert!(
        repeated!(crm => crm.mass_update("Leads").field("City", "Rome").ids(ids.clone()).send())
    );
    assert!(repeated!(crm => crm.update_note(&id, Some("t"), None)));
    assert!(repeated!(crm => crm.upload_files([text()])));
    assert!(repeated!(crm => crm.set_photo("Leads", &id, text())));
    assert!(repeated!(crm => crm.upload_bulk_file("1", text())));
    assert!(repeated!(crm => crm.update_notifications(&channel)));
    assert!(repeated!(crm => crm.replace_notifications(&channel)));
    assert!(repeated!(crm => crm.composite().request(get()).send()));
    assert!(repeated!(crm => crm.attachment("Leads", &id, &id)));
    assert!(repeated!(crm => crm.get_by_external(&key, "1")));

    assert!(!repeated!(crm => crm.convert_lead(&id).send()));
    assert!(!repeated!(crm => crm.create_notes(&[NoteDraft::new("Leads", id.clone(), "x")])));
    assert!(!repeated!(crm => crm.delete_notes(&ids)));
    assert!(!repeated!(crm => crm.create_tags("Leads", &["vip"])));
    assert!(!repeated!(crm => crm.change_owner("Leads", ids.clone(), &id).notify(true).send()));
    assert!(!repeated!(crm => crm.unlink("Campaigns", &id, "Leads", &ids)));
    assert!(!repeated!(crm => crm.delete_by_external(&key, &["1"])));
    assert!(
        !repeated!(crm => crm.mass_update("Leads").field("City", "Rome").custom_view(&id).send())
    );
    assert!(!repeated!(crm => crm.merge("Leads", &id, ids.clone()).send()));
    assert!(!repeated!(crm => crm.attach("Leads", &id, text())));
    assert!(!repeated!(crm => crm.upload_files([stream()])));
    assert!(!repeated!(crm => crm.delete_photo("Leads", &id)));
    assert!(!repeated!(crm => crm.transition("Leads", &id, "1", &json!({}))));
    assert!(
        !repeated!(crm => crm.send_mail("Leads", &id).from("a@b.example", "A").to("c@d.example", "C").send())
    );
    assert!(!repeated!(crm => crm.composite().request(post()).send()));
    assert!(!repeated!(crm => crm.enable_notifications(&channel)));
    assert!(!repeated!(crm => crm.disable_events(&channel)));
    assert!(!repeated!(crm => crm.disable_notifications(&[1])));
    assert!(!repeated!(crm => crm.bulk_read("Leads").send()));
    assert!(!repeated!(crm => crm.bulk_write(BulkOperation::Insert).resource(file.clone()).send()));
}

#[tokio::test]
async fn a_record_goes_through_its_blueprint() {
    let mut seed: Value =
        serde_json::from_str(include_str!("../../../zoho-sim/src/seeds/demo.json")).unwrap();
    seed["blueprints"] = json!([{
        "name": "Lead process", "module": "Leads", "field": "Lead_Status", "transitions": [
            {"name": "Call", "from": "Not Contacted", "to": "Contacted",
                "fields": [{"api_name": "Phone", "is_mandatory": true}]},
        ],
    }]);
    let config = zoho_sim::Config {
        seed: zoho_sim::Seed::from_json(&seed.to_string()).unwrap(),
        ..zoho_sim::Config::default()
    };
    let simulator = zoho_sim::Simulator::start(config).await.unwrap();
    let crm = client(&simulator).crm();
    let record = json!({"Last_Name": "Ray", "Company": "Orchard", "Lead_Status": "Not Contacted"});
    let id = insert(&crm, "Leads", record).await;
    let blueprint = crm.blueprint("Leads", &id).await.unwrap().unwrap();
    let step = &blueprint.transitions[0];
    assert_eq!(
        (step.name.as_str(), step.fields.len()),
        ("Call", 1),
        "{blueprint:?}"
    );
    let step = step.id.clone().unwrap();
    let bare = crm.transition("Leads", &id, &step, &json!({})).await;
    assert_eq!(bare.unwrap_err().kind(), ErrorKind::Refused);
    let phone = json!({"Phone": "123"});
    let made = crm.transition("Leads", &id, &step, &phone);
    assert_eq!(made.await.unwrap().code, "SUCCESS");
    let lead = crm.get("Leads", &id).await.unwrap().unwrap();
    assert_eq!(lead.text("Lead_Status"), Some("Contacted"));
    let account = insert(&crm, "Accounts", json!({"Account_Name": "Orchard"})).await;
    assert!(crm.blueprint("Accounts", &account).await.unwrap().is_none());
}

/// Writes down what calls are said to cost.
#[derive(Debug, Default)]
struct Prices(Mutex<Vec<CallCost>>);

impl CreditLedger for Prices {
    fn reserve(&self, cost: &CallCost) -> Result<Reservation, OutOfCredits> {
        self.0.lock().unwrap().push(*cost);
        Ok(Reservation {
            id: 0,
            credits: cost.credits,
        })
    }

    fn settle(&self, _: Reservation, _: u32) {}
}

#[tokio::test]
async fn what_calls_are_said_to_cost_is_what_zoho_counts() {
    let simulator = simulator().await;
    let prices = Arc::new(Prices::default());
    let ledger: Arc<dyn CreditLedger> = Arc::<Prices>::clone(&prices);
    let client = builder(&simulator).credit_ledger(ledger).build().unwrap();
    let crm = client.crm();
    let ids = [lead(&crm, "A").await, lead(&crm, "B").await];
    let [first, second] = &ids;
    let campaign = insert(&crm, "Campaigns", json!({"Campaign_Name": "Spring"})).await;
    let me = crm.current_user().await.unwrap();
    let owner: RecordId = me.id.parse().unwrap();
    let query = "select id from Leads where id is not null";
    let file = Upload::from_bytes("a.txt", Bytes::from_static(b"a"));
    let get = || SubRequest::new("a", Method::GET, "/crm/v8/org");
    macro_rules! made {
        ($($call:expr;)+) => { $($call.await.unwrap();)+ };
    }
    made! {
        crm.coql(format!("{query} limit 201")).send();
        crm.coql(query).stream().try_collect::<Vec<_>>();
        crm.create_notes(&[NoteDraft::new("Leads", first.clone(), "x")]);
        crm.notes("Leads", first).send();
        crm.add_tags("Leads", &ids, &["vip"], false);
        crm.tags("Leads");
        crm.change_owner("Leads", ids.clone(), &owner).send();
        crm.link("Campaigns", &campaign, "Leads", &[json!({"id": first})]);
        crm.mass_update("Leads").field("City", "Rome").ids(ids.clone()).send();
        crm.attach("Leads", first, file);
        crm.attachments("Leads", first).send();
        crm.timeline("Leads", first).send();
        crm.send_mail("Leads", first).from(&me.email, "A").to("c@d.example", "C").subject("s").text("t").send();
        crm.bulk_read("Leads").send();
        crm.composite().request(get()).send();
        crm.composite().request(get()).rollback_on_fail(true).send();
        crm.merge("Leads", first, [second.clone()]).send();
        crm.convert_lead(first).send();
        crm.notifications().send();
        crm.users().send();
    }
    let ours = prices.0.lock().unwrap().clone();
    let theirs = served(&simulator, "/crm/");
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert_eq!(theirs["credits"], ours.credits, "{ours:?} {theirs}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_ends_an_upload_and_a_download() {
    let scripted = Scripted::start().await.api(Step::Stall).api(Step::Stall);
    let builder = scripted.builder().retry_policy(RetryPolicy::none());
    let client = builder.call_timeout(Duration::from_millis(60)).build();
    let crm = client.unwrap().crm();
    let id: RecordId = "5".parse().unwrap();
    let file = Upload::from_bytes("a.txt", Bytes::from_static(b"a"));
    let error = crm.attach("Leads", &id, file).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_outcome_unknown());
    let error = crm.attachment("Leads", &id, &id).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(!error.is_outcome_unknown());
}

#[tokio::test]
async fn a_download_is_begun_again_but_not_continued() {
    let scripted = Scripted::start()
        .await
        .api(answer(503, "<html>"))
        .api(Step::CutOff(200, "half of it".to_owned()));
    let id: RecordId = "5".parse().unwrap();
    let file = scripted.client().crm().attachment("Leads", &id, &id).await;
    let pieces = file.unwrap().unwrap().into_stream();
    let error = pieces.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BrokenAnswer);
    assert_eq!(scripted.api_calls(), 2);
}

#[tokio::test]
async fn every_call_can_be_spawned() {
    fn is_send<T: Send>(_: T) {}
    let scripted = Scripted::start().await;
    let crm = scripted.client().crm();
    let books = scripted.client().books("10234695".parse().unwrap());
    let id: RecordId = "5".parse().unwrap();
    let get = |path: &str| crm.request(Method::GET, path);
    is_send(get("/Leads").send());
    is_send(get("/Leads").open());
    is_send(books.request(Method::GET, "/contacts").send());
    is_send(crm.coql("select id from Leads").stream());
    is_send(crm.coql("select id from Leads").send());
    is_send(crm.notes("Leads", &id).stream());
    is_send(crm.timeline("Leads", &id).stream());
    is_send(crm.notifications().stream());
    is_send(crm.users().stream());
    is_send(crm.attachment("Leads", &id, &id));
    is_send(crm.attach("Leads", &id, Upload::from_bytes("a", Bytes::new())));
    is_send(crm.upload_files([Upload::from_bytes("a", Bytes::new())]));
    is_send(crm.convert_lead(&id).send());
    is_send(crm.composite().send());
    is_send(crm.mass_update("Leads").send());
    is_send(crm.merge("Leads", &id, []).send());
    is_send(crm.wait_for_bulk_read(&id, Duration::ZERO));
    is_send(crm.wait_for_bulk_write(&id, Duration::ZERO));
    is_send(crm.bulk_read_result(&id));
    is_send(crm.update_notifications(&[]));
    assert!(scripted.requests("/").is_empty());
}
