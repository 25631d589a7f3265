//! Every action of the catalog, one after the other, in one organisation. No action is without a step here.

use std::collections::{HashMap, HashSet};

use leadway_engine::action::catalog;
use leadway_engine::model::config::Feature;
use reqwest::Method;
use serde_json::{Value, json};
use zoho_sim::Simulator;

use super::simulator;
use crate::connect::{connection, control};
use crate::world::World;

/// A photo of one pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// A zip with `leads.csv`: a heading and two names.
const ZIP: &str = "UEsDBBQAAAAAAAAAIVwOKnP5HAAAABwAAAAJAAAAbGVhZHMuY3N2TGFzdF9OYW1lCkJ1bGsgT25lCkJ1bGsgVHdvClBLAQIUAxQAAAAAAAAAIVwOKnP5HAAAABwAAAAJAAAAAAAAAAAAAACAAQAAAABsZWFkcy5jc3ZQSwUGAAAAAAEAAQA3AAAAQwAAAAAA";

/// An action, its inputs and what is kept of its answer. `"$name"` stands for what an earlier step has kept.
struct Step {
    action: &'static str,
    inputs: Value,
    /// A name, and where in the answer it is found.
    keeps: Option<(&'static str, &'static str)>,
    /// Something that must stand in the answer.
    shows: &'static str,
}

fn step(action: &'static str, inputs: Value, shows: &'static str) -> Step {
    Step {
        action,
        inputs,
        keeps: None,
        shows,
    }
}

impl Step {
    fn keeps(mut self, name: &'static str, pointer: &'static str) -> Step {
        self.keeps = Some((name, pointer));
        self
    }
}

fn crm() -> Vec<Step> {
    vec![
        // The organisation gets a field for the ids of another system.
        step(
            "crm.request",
            json!({"method": "POST", "path": "/settings/fields", "query": {"module": "Contacts"}, "data": {"fields": [
                {"field_label": "Shop Id", "data_type": "text", "length": 100, "unique": {"case_sensitive": false}},
            ]}}),
            "\"status\":201",
        ),
        step("crm.list_modules", json!({}), "\"Leads\""),
        step("crm.get_module", json!({"module": "Leads"}), "\"Leads\""),
        step("crm.list_fields", json!({"module": "Leads"}), "\"Last_Name\""),
        step("crm.list_picklist_values", json!({"module": "Leads", "field": "Lead_Source"}), "display_value"),
        step("crm.list_layouts", json!({"module": "Leads"}), "sections"),
        step("crm.get_org", json!({}), "company_name"),
        step("crm.get_current_user", json!({}), "email"),
        step(
            "crm.create_record",
            json!({"module": "Leads", "values": {"Last_Name": "Ray", "Company": "Orchard Ltd"}, "dynamic_fields": {"Company": "Orchard"}}),
            "written",
        )
        .keeps("lead", "/id"),
        step("crm.get_record", json!({"module": "Leads", "record_id": "$lead"}), "Orchard Ltd"),
        step("crm.get_record", json!({"module": "Leads", "record_id": "$lead", "fields": "Company"}), "Orchard Ltd"),
        step("crm.create_records", json!({"module": "Leads", "records": [{"Last_Name": "Lee"}, {"Company": "nameless"}]}), "MANDATORY_NOT_FOUND"),
        step("crm.create_records", json!({"module": "Leads", "records": [{"Last_Name": "Lee"}, {"Last_Name": "Kim"}]}), "\"written\":2")
            .keeps("other", "/rows/0/id"),
        step("crm.list_records", json!({"module": "Leads"}), "\"more_records\""),
        step("crm.list_records", json!({"module": "Leads", "fields": ["Last_Name"], "ids": "$lead", "sort_by": "Created_Time", "sort_order": "asc"}), "$lead"),
        step("crm.update_record", json!({"module": "Leads", "record_id": "$lead", "values": {"Company": "Halden"}, "trigger": []}), "written"),
        step("crm.update_records", json!({"module": "Leads", "records": [{"id": "$lead", "Company": "Halden AG"}]}), "\"written\":1"),
        step(
            "crm.upsert_record",
            json!({"module": "Leads", "values": {"Last_Name": "Moe", "Email": "moe@orchard.example"}, "duplicate_check_fields": "Email"}),
            "insert",
        ),
        step(
            "crm.upsert_records",
            json!({"module": "Leads", "records": [{"Last_Name": "Moe", "Email": "moe@orchard.example"}], "duplicate_check_fields": ["Email"]}),
            "update",
        ),
        step("crm.search_records", json!({"module": "Leads", "email": "moe@orchard.example"}), "Moe"),
        step("crm.search_records", json!({"module": "Leads", "criteria": "(Last_Name:equals:Moe)"}), "Moe"),
        step("crm.count_records", json!({"module": "Leads", "criteria": "(Last_Name:equals:Moe)"}), "\"count\":1"),
        step("crm.coql", json!({"query": "select Last_Name from Leads where Last_Name = 'Moe'"}), "Moe"),
        step("crm.list_related_lists", json!({"module": "Leads"}), "Notes"),
        step("crm.create_note", json!({"module": "Leads", "record_id": "$lead", "title": "Call", "content": "She asked for a desk."}), "written")
            .keeps("note", "/id"),
        step("crm.list_notes", json!({"module": "Leads", "record_id": "$lead"}), "She asked for a desk."),
        step("crm.list_related_records", json!({"module": "Leads", "record_id": "$lead", "related_list": "Notes", "fields": "Note_Title"}), "Call"),
        step("crm.update_note", json!({"note_id": "$note", "content": "She asked for two."}), "written"),
        step("crm.delete_note", json!({"note_id": "$note"}), "written"),
        step("crm.create_tags", json!({"module": "Leads", "tags": "desk,chair"}), "\"written\":2"),
        step("crm.list_tags", json!({"module": "Leads"}), "chair"),
        step("crm.add_tags", json!({"module": "Leads", "record_ids": "$lead", "tags": ["desk"]}), "\"written\":1"),
        step("crm.remove_tags", json!({"module": "Leads", "record_ids": ["$lead"], "tags": ["desk"]}), "\"written\":1"),
        step("crm.get_current_user", json!({}), "id").keeps("user", "/user/id"),
        step("crm.change_owner", json!({"module": "Leads", "record_ids": ["$lead"], "owner_id": "$user"}), "\"written\":1"),
        step("crm.add_attachment", json!({"record_id": "$lead", "file": "two desks", "file_name": "order.txt"}), "written").keeps("attachment", "/id"),
        step("crm.list_attachments", json!({"module": "Leads", "record_id": "$lead"}), "order.txt"),
        step("crm.download_attachment", json!({"module": "Leads", "record_id": "$lead", "attachment_id": "$attachment"}), "two desks"),
        step("crm.delete_attachment", json!({"module": "Leads", "record_id": "$lead", "attachment_id": "$attachment"}), "written"),
        step("crm.add_attachment_link", json!({"module": "Leads", "record_id": "$lead", "link_url": "https://orchard.example/order", "title": "Order"}), "written"),
        step("crm.create_record", json!({"module": "Campaigns", "values": {"Campaign_Name": "Spring"}}), "written").keeps("campaign", "/id"),
        step("crm.link_records", json!({"module": "Leads", "record_id": "$lead", "related_list": "Campaigns", "records": [{"id": "$campaign", "Member_Status": "Planned"}]}), "\"written\":1"),
        step("crm.unlink_records", json!({"module": "Leads", "record_id": "$lead", "related_list": "Campaigns", "related_ids": ["$campaign"]}), "\"written\":1"),
        step("crm.get_timeline", json!({"module": "Leads", "record_id": "$lead"}), "records"),
        step("crm.mass_update", json!({"module": "Leads", "record_ids": ["$lead"], "values": {"Rating": "Active"}}), "\"written\":1"),
        step("crm.clone_record", json!({"module": "Leads", "record_id": "$lead", "values": {"Company": "Clones"}}), "written").keeps("clone", "/id"),
        step("crm.count_related_records", json!({"module": "Leads", "record_id": "$lead", "related_lists": "Notes,Attachments"}), "\"Notes\":0"),
        step("crm.list_custom_views", json!({"module": "Leads"}), "system_name").keeps("view", "/custom_views/0/id"),
        step(
            "crm.request",
            json!({"path": "/org/currencies/actions/enable", "method": "POST", "data": {"base_currency": {
                "name": "US Dollar - USD", "symbol": "$", "iso_code": "USD", "prefix_symbol": true, "exchange_rate": "1.000000000",
                "format": {"decimal_separator": "Period", "thousand_separator": "Comma", "decimal_places": "2"},
            }}}),
            "\"status\":20",
        ),
        step("crm.list_currencies", json!({}), "\"iso_code\":\"USD\""),
        step("crm.list_variables", json!({}), "variables"),
        step("crm.list_territories", json!({}), "territories"),
        step("crm.list_assignment_rules", json!({}), "assignment_rules"),
        step("crm.list_user_groups", json!({}), "user_groups"),
        step("crm.mass_update", json!({"module": "Leads", "custom_view_id": "$view", "values": {"Rating": "Active"}, "overwrite": true}), "scheduled")
            .keeps("update", "/job_id"),
        step("advance", json!(120), ""),
        step("crm.get_mass_update", json!({"module": "Leads", "job_id": "$update"}), "\"status\":\"COMPLETED\""),
        step("crm.mass_change_owner", json!({"module": "Leads", "custom_view_id": "$view", "owner_id": "$user"}), "scheduled").keeps("owning", "/job_id"),
        step("advance", json!(120), ""),
        step("crm.get_mass_change_owner", json!({"module": "Leads", "job_id": "$owning"}), "\"failed_count\":0"),
        step("crm.lock_record", json!({"module": "Leads", "record_id": "$clone", "reason": "under review"}), "written"),
        step("crm.get_lock", json!({"module": "Leads", "record_id": "$clone"}), "under review"),
        step("crm.unlock_record", json!({"module": "Leads", "record_id": "$clone"}), "written"),
        step("crm.get_lock", json!({"module": "Leads", "record_id": "$clone"}), "\"lock\":null"),
        step(
            "crm.create_record",
            json!({"module": "Events", "values": {"Event_Title": "Fair", "Start_DateTime": "2037-01-10T09:00:00+00:00", "End_DateTime": "2037-01-10T10:00:00+00:00"}}),
            "written",
        )
        .keeps("meeting", "/id"),
        step("crm.cancel_meeting", json!({"record_id": "$meeting"}), "cancelled"),
        step("crm.get_blueprint", json!({"module": "Leads", "record_id": "$lead"}), "blueprint"),
        step("crm.set_photo", json!({"module": "Leads", "record_id": "$lead", "file": {"base64": PIXEL, "name": "ray.png", "content_type": "image/png"}}), "SUCCESS"),
        step("crm.get_photo", json!({"module": "Leads", "record_id": "$lead"}), "PNG"),
        step("crm.delete_photo", json!({"module": "Leads", "record_id": "$lead"}), "SUCCESS"),
        step("crm.upload_file", json!({"file": "for a field", "file_name": "field.txt"}), "\"written\":1").keeps("file", "/rows/0/zoho/details/id"),
        step("crm.download_file", json!({"file_id": "$file"}), "for a field"),
        step(
            "crm.composite",
            json!({"requests": [
                {"id": "1", "method": "GET", "path": "/crm/v8/Leads", "query": {"fields": "Last_Name"}},
                {"id": "2", "method": "POST", "path": "/crm/v8/Leads", "body": {"data": [{"Last_Name": "Via composite"}]}},
            ]}),
            "answers",
        ),
        step("crm.get_current_user", json!({}), "email").keeps("mail", "/user/email"),
        step(
            "crm.send_mail",
            json!({"module": "Leads", "record_id": "$lead", "from": "$mail", "to": "ray@orchard.example", "subject": "Desks", "content": "Two desks"}),
            "message_id",
        ),
        step("crm.list_mails", json!({"module": "Leads", "record_id": "$lead"}), "Desks").keeps("message", "/records/0/message_id"),
        step("crm.get_mail", json!({"module": "Leads", "record_id": "$lead", "message_id": "$message"}), "Two desks"),
        step("crm.list_from_addresses", json!({}), "$mail"),
        step("crm.list_users", json!({"kind": "active"}), "$user").keeps("colleague", "/records/1/id"),
        step("crm.share_record", json!({"module": "Leads", "record_id": "$lead", "user_ids": ["$colleague"], "permission": "read_write"}), "\"written\":1"),
        step("crm.list_shares", json!({"module": "Leads", "record_id": "$lead"}), "read_write"),
        step("crm.end_shares", json!({"module": "Leads", "record_id": "$lead"}), "SUCCESS"),
        step("crm.list_roles", json!({}), "\"CEO\"").keeps("role", "/roles/0/id"),
        step("crm.get_role", json!({"role_id": "$role"}), "$role"),
        step("crm.list_profiles", json!({}), "\"Administrator\"").keeps("profile", "/profiles/0/id"),
        step("crm.get_profile", json!({"profile_id": "$profile"}), "\"enabled\""),
        step("crm.get_user", json!({"user_id": "$user"}), "$user"),
        step("crm.create_record", json!({"module": "Contacts", "values": {"Last_Name": "Twin"}}), "written").keeps("twin", "/id"),
        step("crm.create_record", json!({"module": "Contacts", "values": {"Last_Name": "Twin"}}), "written").keeps("double", "/id"),
        step("crm.merge_records", json!({"module": "Contacts", "master_id": "$twin", "record_ids": ["$double"]}), "message"),
        step(
            "crm.enable_notification",
            json!({"channel_id": "1000000068001", "events": "Leads.all", "notify_url": "https://orchard.example/zoho", "token": "secret-of-mine",
                   "notification_condition": {"Leads": ["Phone", "Email"]}}),
            "\"written\":1",
        ),
        step("crm.get_notification_details", json!({"channel_id": "1000000068001"}), "https://orchard.example/zoho"),
        step("crm.update_notification", json!({"channel_id": "1000000068001", "events": ["Leads.create", "Leads.edit"], "notify_url": "https://orchard.example/other",
            "notification_condition": [{"type": "field_selection", "module": {"api_name": "Leads"}, "field_selection": {"field": {"api_name": "Phone"}}}]}), "\"written\":1"),
        step("crm.disable_specific_notification", json!({"channel_id": "1000000068001", "events": ["Leads.edit"]}), "\"written\":1"),
        step("crm.disable_notification", json!({"channel_ids": ["1000000068001"]}), "\"written\":1"),
        step("crm.create_bulk_read", json!({"module": "Leads", "fields": "Last_Name,Email"}), "job_id").keeps("read", "/job_id"),
        step("crm.get_bulk_read", json!({"job_id": "$read"}), "state"),
        step("advance", json!(120), ""),
        step("crm.get_bulk_read", json!({"job_id": "$read", "wait_seconds": 60}), "COMPLETED"),
        step("crm.download_bulk_read", json!({"job_id": "$read"}), "PK"),
        step("crm.upload_bulk_file", json!({"file": {"base64": ZIP, "name": "leads.zip", "content_type": "application/zip"}}), "file_id").keeps("zip", "/file_id"),
        step("crm.create_bulk_write", json!({"operation": "insert", "module": "Leads", "file_id": "$zip", "columns": {"Last_Name": 0}, "constants": {"Company": "Bulk"}}), "job_id")
            .keeps("write", "/job_id"),
        step("advance", json!(120), ""),
        step("crm.get_bulk_write", json!({"job_id": "$write", "wait_seconds": 60}), "COMPLETED"),
        step("crm.download_bulk_write", json!({"job_id": "$write"}), "PK"),
        step("crm.export_records", json!({"module": "Leads", "fields": "Last_Name", "file_format": "ndjson"}), "\"Last_Name\":"),
        step("crm.import_records", json!({"operation": "insert", "module": "Leads", "file": "Last_Name,Company\nPoe,Bulk\n"}), "\"inserted\":1"),
        step("crm.get_conversion_options", json!({"record_id": "$lead"}), "contacts"),
        step(
            "crm.convert_lead",
            json!({"record_id": "$lead", "deal": {"Deal_Name": "Desks", "Closing_Date": "2027-01-31", "Stage": "Qualification"}}),
            "converted",
        )
        .keeps("contact", "/contact/id"),
        step("crm.request", json!({"path": "/v2/Contacts", "query": {"fields": "Last_Name", "per_page": 1}}), "\"status\":200"),
        step("crm.request", json!({"path": "/settings/roles", "response_type": "text"}), "\"status\":200"),
        step("crm.request", json!({"path": "/Contacts", "method": "POST", "data": {"data": [{"Last_Name": "Poe"}]}}), "\"status\":201"),
        step("crm.request", json!({"path": "/Contacts/4711"}), "\"status\":"),
        step("crm.delete_record", json!({"module": "Leads", "record_id": "$other"}), "written"),
        step("crm.list_deleted_records", json!({"module": "Leads", "kind": "recycle"}), "$other"),
        step("crm.delete_records", json!({"module": "Contacts", "record_ids": ["$contact"]}), "\"written\":1"),
        step("crm.list_recycle_bin", json!({"sort_by": "deleted_time"}), "$contact"),
        step("crm.restore_records", json!({"record_ids": ["$contact", "$other"]}), "\"written\":2"),
        step("crm.get_record", json!({"module": "Contacts", "record_id": "$contact"}), "Ray"),
        step("crm.restore_records", json!({"record_ids": ["$contact"]}), "\"refused\":1"),
        step("crm.mass_delete", json!({"module": "Leads", "record_ids": ["$other", "$clone"]}), "\"written\":2"),
        step("crm.delete_records_for_good", json!({"record_ids": "$other"}), "\"written\":1"),
        step("crm.list_deleted_records", json!({"module": "Leads", "kind": "permanent"}), "$other"),
        step("crm.mass_delete", json!({"module": "Leads", "custom_view_id": "$view"}), "scheduled").keeps("deletion", "/job_id"),
        step("advance", json!(120), ""),
        step("crm.get_mass_delete", json!({"module": "Leads", "job_id": "$deletion"}), "\"done_count\""),
        step("crm.empty_recycle_bin", json!({}), "recyclebin is cleared"),
        step("crm.list_recycle_bin", json!({}), "\"records\":[]"),
        step("crm.create_record", json!({"module": "Contacts", "values": {"Last_Name": "Shopper", "Shop_Id": "shop 17/b"}}), "written")
            .keeps("shopper", "/id"),
        step(
            "crm.get_record_by_external_key",
            json!({"module": "Contacts", "external_field": "Shop_Id", "external_key": "shop 17/b"}),
            "$shopper",
        ),
        step(
            "crm.delete_records_by_external_key",
            json!({"module": "Contacts", "external_field": "Shop_Id", "external_keys": ["shop 17/b"]}),
            "\"written\":1",
        ),
        // A lead goes through its blueprint.
        step("crm.create_record", json!({"module": "Leads", "values": {"Last_Name": "Step", "Lead_Status": "Not Contacted"}}), "written")
            .keeps("stepping", "/id"),
        step("crm.get_blueprint", json!({"module": "Leads", "record_id": "$stepping"}), "\"Call\"")
            .keeps("transition", "/blueprint/transitions/0/id"),
        step(
            "crm.make_transition",
            json!({"module": "Leads", "record_id": "$stepping", "transition_id": "$transition", "data": {"Phone": "123"}}),
            "SUCCESS",
        ),
        step("crm.get_record", json!({"module": "Leads", "record_id": "$stepping"}), "\"Lead_Status\":\"Contacted\""),
    ]
}

fn books() -> Vec<Step> {
    let line = json!([{"name": "Desk", "rate": 120.5, "quantity": 2}]);
    let file =
        json!({"base64": "JVBERi0xLjQgdHdv", "name": "two.pdf", "content_type": "application/pdf"});
    vec![
        step("books.list_organizations", json!({}), "10234695"),
        step("books.list_record_types", json!({}), "retainer_invoice"),
        step("books.list_record_types", json!({"record_type": "invoice"}), "line_items"),
        step(
            "books.create_record",
            json!({"record_type": "contact", "values": {"contact_name": "Orchard"}, "dynamic_fields": {"company_name": "Orchard Ltd"}}),
            "Orchard Ltd",
        )
        .keeps("contact", "/record/contact_id"),
        step("books.get_record", json!({"record_type": "contact", "record_id": "$contact"}), "Orchard"),
        step("books.update_record", json!({"record_type": "contact", "record_id": "$contact", "values": {"company_name": "Halden"}}), "Halden"),
        step(
            "books.create_record",
            json!({"record_type": "contact_person", "parent_record_type": "contact", "parent_record_id": "$contact", "values": {"first_name": "Ida"}}),
            "Ida",
        ),
        step("books.list_records", json!({"record_type": "contact_person", "parent_record_id": "$contact"}), "Ida"),
        step("books.create_record", json!({"record_type": "invoice", "values": {"customer_id": "$contact", "line_items": line}}), "241.00")
            .keeps("invoice", "/record/invoice_id"),
        step("books.act_on_record", json!({"record_type": "invoice", "record_id": "$invoice", "action": "status/sent"}), "message"),
        step("books.list_records", json!({"record_type": "invoice", "search_fields": {"status": "sent"}, "sort_by": "date"}), "$invoice"),
        step("books.attach_file", json!({"record_type": "invoice", "record_id": "$invoice", "file": file}), "message"),
        step("books.download_file", json!({"record_type": "invoice", "record_id": "$invoice"}), "%PDF"),
        step("books.request", json!({"path": "/contacts", "query": {"per_page": 1}}), "\"status\":200"),
        step("books.request", json!({"path": "/contacts", "method": "POST", "data": {"contact_name": "By hand"}}), "By hand"),
        step(
            "books.upsert_record",
            json!({"record_type": "contact", "unique_field": "cf_ext_id", "unique_value": "A-17", "values": {"contact_name": "Upserted"}}),
            "Upserted",
        )
        .keeps("upserted", "/record/contact_id"),
        step(
            "books.upsert_record",
            json!({"record_type": "contact", "unique_field": "cf_ext_id", "unique_value": "A-17", "values": {"contact_name": "Once more"}}),
            "$upserted",
        ),
        step("books.list_records", json!({"record_type": "chart_of_account", "search_fields": {"account_name": "Office Supplies"}}), "Office")
            .keeps("supplies", "/records/0/account_id"),
        step("books.list_records", json!({"record_type": "chart_of_account", "search_fields": {"account_name": "Petty Cash"}}), "Petty")
            .keeps("cash", "/records/0/account_id"),
        step(
            "books.create_record",
            json!({"record_type": "expense", "values": {"account_id": "$supplies", "paid_through_account_id": "$cash", "date": "2026-01-31", "amount": 5}}),
            "expense_id",
        )
        .keeps("expense", "/record/expense_id"),
        step("books.set_receipt", json!({"record_type": "expense", "record_id": "$expense", "file": file}), "message"),
        step("books.remove_record", json!({"record_type": "invoice", "record_id": "$invoice"}), "true"),
    ]
}

/// Adds a connection that is granted exactly the scopes which the planner asks for, for one feature or for none.
async fn connect_for(world: &World, simulator: &Simulator, feature: Option<Feature>) {
    let name = feature.map_or("none", Feature::as_str);
    let mut settings = connection(simulator, name);
    settings["features"] = json!(Vec::from_iter(feature));
    let added = world.api(Method::POST, "connections", Some(settings)).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let scopes = world.engine.scopes_asked_for(name).unwrap();
    let made = json!({"client_id": "1000.LEADWAYDEMO", "kind": "refresh_token", "scopes": scopes});
    let token = control(simulator, "grants", made).await["refresh_token"].clone();
    let path = format!("connections/{name}/grants");
    let granted = world
        .api(Method::POST, &path, Some(json!({"refresh_token": token})))
        .await;
    assert_eq!(granted.status, 201, "{}", granted.text);
}

/// Each action is done with its own feature's scopes and no others; raw requests with all.
fn connection_for(action: &str) -> &'static str {
    if action.ends_with(".request") {
        return "demo";
    }
    let feature = leadway_engine::action::find(action).unwrap().feature();
    feature.map_or("none", Feature::as_str)
}

/// The demo organisation, whose leads have a process.
async fn with_blueprint() -> Simulator {
    let demo = include_str!("../../../../zoho-sim/src/seeds/demo.json");
    let mut seed: Value = serde_json::from_str(demo).unwrap();
    seed["blueprints"] = json!([{
        "name": "Lead process", "module": "Leads", "field": "Lead_Status", "transitions": [
            {"name": "Call", "from": "Not Contacted", "to": "Contacted", "fields": [{"api_name": "Phone", "is_mandatory": true}]},
        ],
    }]);
    let config = zoho_sim::Config {
        seed: zoho_sim::Seed::from_json(&seed.to_string()).unwrap(),
        ..zoho_sim::Config::default()
    };
    Simulator::start(config).await.unwrap()
}

#[tokio::test]
async fn every_action_does_what_it_says_with_the_scopes_of_its_feature() {
    let simulator = with_blueprint().await;
    let world = World::with_zoho(&simulator).await;
    for feature in Feature::ALL {
        connect_for(&world, &simulator, Some(feature)).await;
    }
    connect_for(&world, &simulator, None).await;
    let (mut kept, mut walked) = (HashMap::new(), HashSet::new());
    for step in crm().into_iter().chain(books()) {
        if step.action == "advance" {
            simulator.advance(step.inputs.as_u64().unwrap().try_into().unwrap());
            continue;
        }
        let inputs: Value = serde_json::from_str(&filled(&step.inputs.to_string(), &kept)).unwrap();
        let connection = connection_for(step.action);
        let path = format!("connections/{connection}/actions/{}", step.action);
        let answer = world.api(Method::POST, &path, Some(inputs.clone())).await;
        assert!(
            answer.status == 200 || step.shows == "MANDATORY_NOT_FOUND",
            "{} {inputs}: {}",
            step.action,
            answer.text
        );
        let wanted = filled(step.shows, &kept);
        assert!(
            answer.text.contains(&wanted),
            "{} {inputs} shows no {wanted}: {}",
            step.action,
            answer.text
        );
        if answer.status == 200 && answer.header("content-type") == "application/json" {
            let action = leadway_engine::action::find(step.action).unwrap();
            let schema = jsonschema::validator_for(&action.output_schema()).unwrap();
            assert!(
                schema.is_valid(&answer.json()),
                "{}: {}",
                step.action,
                answer.text
            );
        }
        if let Some((name, pointer)) = step.keeps {
            let value = answer
                .json()
                .pointer(pointer)
                .unwrap_or_else(|| panic!("{pointer}: {}", answer.text))
                .clone();
            kept.insert(name, value.as_str().unwrap().to_owned());
        }
        walked.insert(step.action);
    }
    let missing: Vec<&str> = catalog()
        .map(|action| action.name)
        .filter(|name| !walked.contains(name))
        .collect();
    assert!(missing.is_empty(), "actions without a test: {missing:?}");
}

#[tokio::test]
async fn what_the_organisation_lacks_is_said() {
    let simulator = simulator().await;
    let world = World::with_zoho(&simulator).await;
    let external = json!({"module": "Leads", "external_field": "Shop_Id", "external_key": "17"});
    let externals =
        json!({"module": "Leads", "external_field": "Shop_Id", "external_keys": ["17"]});
    let unique = json!({"record_type": "contact", "unique_field": "cf_shop_id", "unique_value": "17", "values": {"contact_name": "Orchard"}});
    let receipt = json!({"record_type": "expense", "record_id": "4711", "file": "paid"});
    let mut told = Vec::new();
    for (action, inputs) in [
        ("crm.get_record_by_external_key", external),
        ("crm.delete_records_by_external_key", externals),
        (
            "crm.make_transition",
            json!({"module": "Leads", "record_id": "4711", "transition_id": "17"}),
        ),
        (
            "crm.get_mass_update",
            json!({"module": "Leads", "job_id": "4711"}),
        ),
        ("books.upsert_record", unique),
        ("books.set_receipt", receipt),
    ] {
        let answer = world.act(action, inputs).await;
        let told_of = match answer.status {
            200 => answer.json()["rows"][0].clone(),
            _ => answer.problem(),
        };
        told.push(json!([
            action,
            answer.status,
            told_of["code"],
            told_of["message"]
        ]));
    }
    insta::assert_json_snapshot!(told);
}

fn filled(text: &str, kept: &HashMap<&'static str, String>) -> String {
    kept.iter().fold(text.to_owned(), |text, (name, value)| {
        text.replace(&format!("\"${name}\""), &format!("\"{value}\""))
            .replace(&format!("${name}"), value)
    })
}
