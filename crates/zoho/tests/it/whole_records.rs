//! Records as a whole, against the simulator: the recycle bin, copies, mass jobs, shares, locks, mails, meetings, setup.

use futures_util::TryStreamExt;
use serde_json::{Map, Value, json};
use zoho::ErrorKind;
use zoho::crm::{Crm, MassDeleted, RecordId, Setup, SharePermission, UserKind};

use crate::actions::{insert, lead};
use crate::simulated::{client, simulator};

async fn gone(crm: &Crm, names: &[&str]) -> Vec<RecordId> {
    let mut ids = Vec::new();
    for name in names {
        ids.push(lead(crm, name).await);
    }
    assert!(crm.delete("Leads", &ids).await.unwrap().is_success());
    ids
}

#[tokio::test]
async fn what_is_in_the_bin_is_listed_restored_and_erased() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    assert!(crm.recycle_bin().send().await.unwrap().records.is_empty());
    let ids = gone(&crm, &["Ada", "Ben", "Cid"]).await;
    let bin = crm.recycle_bin().sort_by("display_name").per_page(2);
    let binned: Vec<_> = bin.stream().try_collect().await.unwrap();
    let names: Vec<_> = binned
        .iter()
        .map(|record| record.display_name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["Cid", "Ben", "Ada"]);
    assert_eq!(binned[0].module.as_deref(), Some("Leads"));
    assert!(binned[0].deleted_by.is_some() && binned[0].deleted_at.is_some());

    let restored = crm.restore(&ids[..1]).await.unwrap();
    assert!(restored[0].accepted().is_some());
    assert!(crm.get("Leads", &ids[0]).await.unwrap().is_some());
    let mixed = crm.restore(&ids[..2]).await.unwrap();
    assert_eq!(mixed[0].refusal().unwrap().code, "INVALID_DATA");
    assert!(mixed[1].accepted().is_some());
    let erased = crm.delete_for_good(&ids[2..]).await.unwrap();
    assert!(erased[0].accepted().is_some());
    crm.delete("Leads", &ids[..1]).await.unwrap();
    assert_eq!(crm.empty_recycle_bin().await.unwrap().code, "SUCCESS");
    assert!(crm.recycle_bin().send().await.unwrap().records.is_empty());
    for error in [
        crm.restore(&[]).await.unwrap_err(),
        crm.delete_for_good(&vec![ids[0].clone(); 101])
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Input, "{error}");
    }
}

#[tokio::test]
async fn a_copy_has_the_original_s_values_but_for_those_given() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = insert(&crm, "Leads", json!({"Last_Name": "Blake", "City": "Rome"})).await;
    let values = Map::from_iter([("City".to_owned(), Value::from("Bern"))]);
    let copied = crm.clone_record("Leads", &id, &values).await.unwrap();
    let copy = &copied.rows[0].success().unwrap().id;
    let copy = crm.get("Leads", copy).await.unwrap().unwrap();
    assert_eq!(
        (copy.text("Last_Name"), copy.text("City")),
        (Some("Blake"), Some("Bern"))
    );
    let same = crm.clone_record("Leads", &id, &Map::new()).await.unwrap();
    assert!(same.is_success());
}

#[tokio::test]
async fn records_are_deleted_and_given_away_by_view() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let ids = [lead(&crm, "Ada").await, lead(&crm, "Ben").await];
    let MassDeleted::Done(done) = crm
        .mass_delete("Leads")
        .ids([ids[0].clone()])
        .send()
        .await
        .unwrap()
    else {
        panic!("by ids it is done at once");
    };
    assert!(done.is_success());
    let views = crm.custom_views("Leads").await.unwrap();
    let mut all = views.iter();
    let all = all.find(|view| view.system_name.as_deref() == Some("ALLVIEWS"));
    let view = all.unwrap().id.clone();
    let user = RecordId::new(crm.current_user().await.unwrap().id).unwrap();
    let job = crm.mass_change_owner("Leads", &view, &user).await.unwrap();
    simulator.advance(3600);
    let job = crm.mass_change_owner_job("Leads", &job).await.unwrap();
    assert!(job.unwrap().is_settled());
    let scheduled = crm.mass_delete("Leads").custom_view(&view);
    let MassDeleted::Scheduled { job_id } = scheduled.send().await.unwrap() else {
        panic!("by a view it is done later");
    };
    simulator.advance(3600);
    let job = crm.mass_delete_job("Leads", &job_id).await.unwrap();
    let job = job.unwrap();
    assert_eq!((job.is_settled(), job.done_count), (true, Some(1)));
    assert!(crm.get("Leads", &ids[1]).await.unwrap().is_none());
    assert_eq!(crm.mass_delete_job("Leads", "1").await.unwrap(), None);
    assert_eq!(crm.mass_change_owner_job("Leads", "1").await.unwrap(), None);
    let nothing = crm.mass_delete("Leads").send().await.unwrap_err();
    assert_eq!(nothing.kind(), ErrorKind::Input);
}

#[tokio::test]
async fn a_record_is_shared_locked_and_counted() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = lead(&crm, "Blake").await;
    let me = crm.current_user().await.unwrap().id;
    let users = crm.users().kind(UserKind::Active).send().await.unwrap();
    let other = users.records.iter().find(|user| user.id != me).unwrap();
    let other = RecordId::new(&other.id).unwrap();
    let permission = SharePermission::ReadWrite;
    let shared = crm
        .share(
            "Leads",
            &id,
            std::slice::from_ref(&other),
            permission,
            false,
        )
        .await
        .unwrap();
    assert!(shared[0].accepted().is_some(), "{shared:?}");
    let shares = crm.shares("Leads", &id).await.unwrap();
    assert_eq!(
        (shares[0].permission.as_str(), &shares[0].user["id"]),
        ("read_write", &json!(other))
    );
    crm.end_shares("Leads", &id).await.unwrap();
    assert!(crm.shares("Leads", &id).await.unwrap().is_empty());
    let again = crm.end_shares("Leads", &id).await.unwrap_err();
    assert_eq!(again.kind(), ErrorKind::Refused, "{again}");

    assert_eq!(crm.record_lock("Leads", &id).await.unwrap(), None);
    let locked = crm.lock_record("Leads", &id, "review").await.unwrap();
    assert!(locked.is_success());
    let lock = crm.record_lock("Leads", &id).await.unwrap().unwrap();
    assert_eq!(lock.text("Locked_Reason__s"), Some("review"));
    let again = crm.lock_record("Leads", &id, "again").await.unwrap();
    assert_eq!(again.rows[0].refusal().unwrap().code, "RECORD_LOCKED");
    let lock_id = lock.id().unwrap();
    let opened = crm.unlock_record("Leads", &id, &lock_id).await.unwrap();
    assert!(opened.is_success());

    let counts = crm.count_related("Leads", &id, &["Notes"]).await.unwrap();
    assert_eq!(counts, [("Notes".to_owned(), 0)]);
}

#[tokio::test]
async fn mails_are_read_and_meetings_cancelled() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = lead(&crm, "Blake").await;
    assert!(
        crm.mails("Leads", &id, None)
            .await
            .unwrap()
            .mails
            .is_empty()
    );
    let from = crm.from_addresses().await.unwrap();
    let from = from[0].text("email").unwrap().to_owned();
    for number in 0..11 {
        crm.send_mail("Leads", &id)
            .from(&from, "Me")
            .to("ada@example.com", "Ada")
            .subject(format!("No. {number}"))
            .text("Hello")
            .send()
            .await
            .unwrap();
    }
    let first = crm.mails("Leads", &id, None).await.unwrap();
    assert_eq!(first.mails[0].text("subject"), Some("No. 10"));
    let index = first.next_index.unwrap();
    let second = crm.mails("Leads", &id, Some(&index)).await.unwrap();
    assert_eq!(second.mails.len(), 1);
    assert_eq!(second.next_index, None);
    let message = second.mails[0].text("message_id").unwrap();
    let mail = crm.mail("Leads", &id, message).await.unwrap().unwrap();
    assert!(mail.text("content").unwrap().contains("Hello"));
    assert_eq!(crm.mail("Leads", &id, "nothing").await.unwrap(), None);

    let meeting = json!({
        "Event_Title": "Fair", "Start_DateTime": "2037-01-10T09:00:00+00:00",
        "End_DateTime": "2037-01-10T10:00:00+00:00",
    });
    let meeting = insert(&crm, "Events", meeting).await;
    let cancelled = crm.cancel_meeting(&meeting, true).await.unwrap();
    assert_eq!(cancelled.code, "SUCCESS");
    let again = crm.cancel_meeting(&meeting, true).await.unwrap_err();
    assert_eq!(again.code(), Some("INVALID_DATA"), "{again}");
}

#[tokio::test]
async fn lists_of_the_setup_are_read_and_a_refusal_is_told() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    for what in [
        Setup::Variables,
        Setup::Territories,
        Setup::AssignmentRules,
        Setup::UserGroups,
    ] {
        crm.setup(what).await.unwrap();
    }
    let error = crm.setup(Setup::Currencies).await.unwrap_err();
    assert_eq!(error.code(), Some("CURRENCIES_NOT_ENABLED"));
}
