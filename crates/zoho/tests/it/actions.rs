//! What one does with records beside writing them, against the simulator.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use zoho::crm::{
    Coql, Crm, ExternalField, LeadConversion, NoteDraft, Record, RecordId, RowErrorKind,
};
use zoho::{Bytes, ErrorKind, Upload};
use zoho_sim::Simulator;

use crate::simulated::{client, served, simulator};

pub(crate) async fn insert(crm: &Crm, module: &str, record: Value) -> RecordId {
    let written = crm.insert(module).record(&record).unwrap().send().await;
    let written = written.unwrap();
    written.rows[0].success().unwrap().id.clone()
}

pub(crate) async fn lead(crm: &Crm, name: &str) -> RecordId {
    insert(
        crm,
        "Leads",
        json!({"Last_Name": name, "Company": "Orchard"}),
    )
    .await
}

async fn leads(crm: &Crm, count: usize) {
    for start in (0..count).step_by(100) {
        let mut write = crm.insert("Leads").trigger(Vec::<String>::new());
        for n in start..count.min(start + 100) {
            let record = json!({"Last_Name": format!("L{n:05}"), "Company": "Orchard"});
            write = write.record(&record).unwrap();
        }
        assert!(write.send().await.unwrap().is_success());
    }
}

#[tokio::test]
async fn a_query_is_walked_by_id_beyond_its_pages() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    leads(&crm, 450).await;
    let query = "select Last_Name from Leads where Company = 'Orchard' or Company = 'None'";
    let page = crm.coql(query).send().await.unwrap();
    assert_eq!((page.records.len(), page.info.more_records), (200, true));

    let all: Vec<Record> = crm
        .coql(query)
        .rows_per_call(100)
        .stream()
        .try_collect()
        .await
        .unwrap();
    let mut names: Vec<&str> = all.iter().filter_map(|row| row.text("Last_Name")).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!((all.len(), names.len()), (450, 450));
    assert_eq!(served(&simulator, "/crm/v8/coql").len(), 6);

    for (rows_per_call, limit, expected) in
        [(150, "", 450), (90, " limit 180", 180), (7, " limit 3", 3)]
    {
        let query = crm
            .coql(format!("{query}{limit}"))
            .rows_per_call(rows_per_call);
        let rows: Vec<Record> = query.stream().try_collect().await.unwrap();
        assert_eq!(rows.len(), expected, "{rows_per_call} {limit}");
    }
    let some = crm.coql(format!("{query} limit 250")).rows_per_call(100);
    let some: Vec<Record> = some.stream().try_collect().await.unwrap();
    assert_eq!(some.len(), 250);
    let sorted = crm.coql(format!("{query} order by Last_Name desc"));
    let sorted: Vec<Record> = sorted
        .rows_per_call(200)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(
        (sorted.len(), sorted[0].text("Last_Name")),
        (450, Some("L00449"))
    );
    let none = crm.coql("select id from Leads where Last_Name = 'Nobody'");
    assert_eq!(none.stream().count().await, 0);
}

#[tokio::test]
async fn a_quoted_text_is_found_and_a_broken_query_is_refused() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let name = r"O'Brien \ Sons (limit 5)";
    lead(&crm, name).await;
    let query = format!(
        "select Last_Name from Leads where Last_Name = {}",
        Coql::quoted(name)
    );
    let found: Vec<Record> = crm.coql(&query).stream().try_collect().await.unwrap();
    assert_eq!(found.len(), 1, "{query}");
    let error = crm.coql("select from").send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code()),
        (ErrorKind::Refused, Some("SYNTAX_ERROR"))
    );
    let error = crm.coql("select Last_Name from Leads where id is not null limit 1 offset 2");
    let error = error.stream().try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}

#[tokio::test]
async fn a_lead_is_converted_once() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = lead(&crm, "Blake").await;
    let options = crm.conversion_options(&id).await.unwrap();
    assert!(options.is_none_or(|options| options.contacts.is_empty()));
    let deal =
        json!({"Deal_Name": "Orchard", "Closing_Date": "2030-06-30", "Stage": "Qualification"});
    let conversion = crm
        .convert_lead(&id)
        .deal(&deal)
        .overwrite(true)
        .notify_lead_owner(false)
        .send()
        .await
        .unwrap();
    let LeadConversion::Converted(made) = conversion else {
        panic!("{conversion:?}");
    };
    let contact = made.contact.unwrap();
    let contact = crm.get("Contacts", &contact.id).await.unwrap().unwrap();
    assert_eq!(contact.text("Last_Name"), Some("Blake"));
    assert!(made.account.is_some() && made.deal.is_some());
    let again = crm.convert_lead(&id).send().await.unwrap_err();
    assert_eq!(again.code(), Some("ID_ALREADY_CONVERTED"));
}

#[tokio::test]
async fn notes_are_made_listed_changed_and_deleted() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = lead(&crm, "Blake").await;
    let drafts =
        ["first", "second"].map(|text| NoteDraft::new("Leads", id.clone(), text).title("T"));
    let made = crm.create_notes(&drafts).await.unwrap();
    assert!(made.is_success(), "{made:?}");
    let notes: Vec<_> = crm
        .notes("Leads", &id)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(notes.len(), 2);
    let parent = notes[0].parent.clone().unwrap();
    assert_eq!((&parent.id, parent.module.as_deref()), (&id, Some("Leads")));
    assert!(notes[0].owner.is_some() && notes[0].created_at.is_some());

    let note = &notes[0].id;
    let changed = crm.update_note(note, None, Some("third")).await.unwrap();
    assert!(changed.is_success(), "{changed:?}");
    let page = crm.notes("Leads", &id).send().await.unwrap();
    let now = page.records.iter().find(|now| now.id == *note).unwrap();
    assert_eq!(
        (now.content.as_deref(), now.title.as_deref()),
        (Some("third"), Some("T"))
    );
    let deleted = crm.delete_notes(std::slice::from_ref(note)).await.unwrap();
    assert!(deleted.is_success());
    assert_eq!(
        crm.notes("Leads", &id).send().await.unwrap().records.len(),
        1
    );
}

#[tokio::test]
async fn tags_are_made_put_on_and_taken_off() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let ids = [lead(&crm, "A").await, lead(&crm, "B").await];
    let made = crm.create_tags("Leads", &["vip", "north"]).await.unwrap();
    assert!(
        made.iter().all(|item| item.accepted().is_some()),
        "{made:?}"
    );
    let tags = crm.tags("Leads").await.unwrap();
    assert!(tags.iter().any(|tag| tag.name == "vip"), "{tags:?}");
    let again = crm.create_tags("Leads", &["vip"]).await;
    let is_refused = again.map_or(true, |items| items[0].refusal().is_some());
    assert!(is_refused);

    let names = async |id: &RecordId| -> Vec<String> {
        let record = crm.get("Leads", id).await.unwrap().unwrap();
        let tags = record
            .get("Tag")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let mut names: Vec<String> = tags
            .iter()
            .map(|tag| tag["name"].as_str().unwrap().to_owned())
            .collect();
        names.sort();
        names
    };
    let added = crm
        .add_tags("Leads", &ids, &["vip", "north"], false)
        .await
        .unwrap();
    assert!(added.is_success() && added.rows.len() == 2, "{added:?}");
    assert_eq!(names(&ids[1]).await, ["north", "vip"]);
    let removed = crm
        .remove_tags("Leads", &ids[..1], &["north"])
        .await
        .unwrap();
    assert!(removed.is_success(), "{removed:?}");
    assert_eq!(names(&ids[0]).await, ["vip"]);
    let replaced = crm
        .add_tags("Leads", &ids[1..], &["south"], true)
        .await
        .unwrap();
    assert!(replaced.is_success());
    assert_eq!(names(&ids[1]).await, ["south"]);
    for bad in [
        crm.add_tags("Leads", &ids, &[], false).await,
        crm.add_tags("Leads", &[], &["vip"], false).await,
    ] {
        assert_eq!(bad.unwrap_err().kind(), ErrorKind::Input);
    }
}

#[tokio::test]
async fn an_owner_is_changed_row_by_row() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = lead(&crm, "A").await;
    let me: RecordId = crm.current_user().await.unwrap().id.parse().unwrap();
    let changed = crm
        .change_owner("Leads", [id.clone()], &me)
        .send()
        .await
        .unwrap();
    assert!(
        changed.is_success() && changed.rows.len() == 1,
        "{changed:?}"
    );
    let none = crm.change_owner("Leads", [], &me).send().await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Input);
    let nobody: RecordId = "1".parse().unwrap();
    assert!(
        crm.change_owner("Leads", [id], &nobody)
            .send()
            .await
            .is_err_and(|error| error.kind() == ErrorKind::Refused)
    );
}

#[tokio::test]
async fn related_records_are_listed_linked_and_unlinked() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let lists = crm.related_lists("Accounts").await.unwrap();
    let contacts = lists
        .iter()
        .find(|list| list.api_name == "Contacts")
        .unwrap();
    assert_eq!(contacts.module.as_deref(), Some("Contacts"));
    let account = insert(&crm, "Accounts", json!({"Account_Name": "Orchard"})).await;
    for name in ["A", "B", "C"] {
        insert(
            &crm,
            "Contacts",
            json!({"Last_Name": name, "Account_Name": {"id": account}}),
        )
        .await;
    }
    let related = || {
        crm.related("Accounts", &account, "Contacts")
            .fields(["Last_Name"])
    };
    let all: Vec<Record> = related().per_page(2).stream().try_collect().await.unwrap();
    assert_eq!(all.len(), 3);
    let bare = crm.related("Accounts", &account, "Contacts").send().await;
    assert_eq!(bare.unwrap_err().kind(), ErrorKind::Input);

    let campaign = insert(&crm, "Campaigns", json!({"Campaign_Name": "Spring"})).await;
    let id = lead(&crm, "Blake").await;
    let links = [json!({"id": id, "Member_Status": "Active"})];
    let linked = crm
        .link("Campaigns", &campaign, "Leads", &links)
        .await
        .unwrap();
    assert!(linked.is_success(), "{linked:?}");
    let members = crm
        .related("Campaigns", &campaign, "Leads")
        .fields(["Last_Name"]);
    assert_eq!(members.send().await.unwrap().records.len(), 1);
    let unlinked = crm
        .unlink("Campaigns", &campaign, "Leads", &[id])
        .await
        .unwrap();
    assert!(unlinked.is_success(), "{unlinked:?}");
    assert_eq!(members.send().await.unwrap().records.len(), 0);
}

async fn external(simulator: &Simulator) -> Crm {
    let crm = client(simulator).crm();
    let field = json!({"fields": [{"field_label": "Shop Key", "data_type": "text", "length": 100,
        "unique": {"case_sensitive": false}}]});
    let made = crm
        .request(zoho::Method::POST, "/v8/settings/fields")
        .query("module", "Contacts")
        .json(&field)
        .send()
        .await
        .unwrap();
    assert_eq!(made.status, 201, "{:?}", made.body);
    crm
}

#[tokio::test]
async fn records_are_met_by_an_external_field() {
    let simulator = simulator().await;
    let crm = external(&simulator).await;
    let fields = crm.fields("Contacts").await.unwrap();
    let name = fields
        .iter()
        .find(|field| field.display_label == "Shop Key")
        .unwrap();
    let key = ExternalField::new("Contacts", &name.api_name).unwrap();
    let value = "shop 17/b";
    let record = json!({"Last_Name": "Blake", name.api_name.as_str(): value});
    let id = insert(&crm, "Contacts", record).await;
    let found = crm.get_by_external(&key, value).await.unwrap().unwrap();
    assert_eq!(found.text("Last_Name"), Some("Blake"));
    assert!(crm.get_by_external(&key, "nobody").await.unwrap().is_none());
    let change = json!({"id": value, "Last_Name": "Black"});
    let changed = crm
        .update("Contacts")
        .external(&key)
        .record(&change)
        .unwrap()
        .send()
        .await;
    assert!(changed.unwrap().is_success());
    let now = crm.get("Contacts", &id).await.unwrap().unwrap();
    assert_eq!(now.text("Last_Name"), Some("Black"));
    let deleted = crm.delete_by_external(&key, &[value]).await.unwrap();
    assert!(deleted.is_success(), "{deleted:?}");
    assert!(crm.get("Contacts", &id).await.unwrap().is_none());
    let bad = crm.delete_by_external(&key, &["a,b"]).await.unwrap_err();
    assert_eq!(bad.kind(), ErrorKind::Input);
}

#[tokio::test]
async fn attachments_go_up_and_down_in_pieces() {
    let simulator = simulator().await;
    let crm = client(&simulator).crm();
    let id = lead(&crm, "Blake").await;
    let piece = Bytes::from(vec![7u8; 1 << 16]);
    let pieces = stream::iter((0..32).map({
        let piece = piece.clone();
        move |_| Ok::<_, std::io::Error>(piece.clone())
    }));
    let file = Upload::from_stream("gr\u{fc}n.bin", 32 << 16, pieces);
    let attached = crm.attach("Leads", &id, file).await.unwrap();
    let attachment = attached.rows[0].success().unwrap().id.clone();
    let link = crm
        .attach_link("Leads", &id, "https://orchard.example/a", Some("A"))
        .await;
    let link = link.unwrap().rows[0].success().unwrap().id.clone();

    let all: Vec<_> = crm
        .attachments("Leads", &id)
        .stream()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(all.len(), 2);
    let file = all.iter().find(|file| file.id == attachment).unwrap();
    assert_eq!(
        (file.file_name.as_str(), file.size.as_deref()),
        ("gr\u{fc}n.bin", Some("2097152"))
    );
    let down = crm
        .attachment("Leads", &id, &attachment)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(down.file_name.as_deref(), Some("gr\u{fc}n.bin"));
    let pieces: Vec<Bytes> = down.into_stream().try_collect().await.unwrap();
    assert!(pieces.len() > 1);
    assert_eq!(pieces.iter().map(Bytes::len).sum::<usize>(), 32 << 16);
    let refused = crm.attachment("Leads", &id, &link).await.unwrap_err();
    assert_eq!(refused.code(), Some("DOWNLOAD_NOT_ALLOWED"));
    let deleted = crm
        .delete_attachments("Leads", &id, std::slice::from_ref(&attachment))
        .await
        .unwrap();
    assert!(deleted.is_success(), "{deleted:?}");
    assert!(
        crm.attachment("Leads", &id, &attachment)
            .await
            .unwrap()
            .is_none()
    );
    let huge = Upload::from_stream(
        "a",
        200 << 20,
        stream::empty::<Result<Bytes, std::io::Error>>(),
    );
    assert_eq!(
        crm.attach("Leads", &id, huge).await.unwrap_err().kind(),
        ErrorKind::Input
    );
    let gone: RecordId = "1".parse().unwrap();
    let row = crm.delete("Leads", &[gone]).await.unwrap();
    assert_eq!(
        row.rows[0].refusal().unwrap().kind(),
        RowErrorKind::UnknownRecord
    );
}
