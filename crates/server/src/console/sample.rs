//! Sample data for tests of what is rendered and described, without an engine.

use leadway_engine::model::config::ConnectionConfig;
use leadway_engine::model::config::{
    Config, Environment, EventMatch, Feature, FieldMapping, FormConfig, MappingConfig, RouteConfig,
    SourceConfig, Transform,
};
use leadway_engine::model::delivery::Operation;
use leadway_engine::model::life::{DeliveryLife, EventLife};
use leadway_engine::model::status::Overview;
use serde_json::{Value, json};

/// An event that came to grief at its second try, with every member filled in; `<` and `&` stand where an unescaped
/// value would show.
pub(crate) fn life() -> EventLife {
    let delivery = json!({
        "id": "dlv_1", "event_id": "evt_01kb0w6v3ve2s8j4x9n7q5m2tc", "route": "lead-capture", "connection": "demo",
        "module": "Leads", "operation": "upsert", "state": "dead", "record": {"Email": "ada@example.com"},
        "attempts": 2, "created_at": "2026-01-31T09:00:01Z", "due_at": "2026-01-31T09:00:01Z",
        "settled_at": "2026-01-31T09:00:09Z", "record_id": "554023000000527002", "action": "update",
        "problem": {"stage": "zoho", "code": "MANDATORY_NOT_FOUND", "field": "Last_Name", "value": "<b>",
            "message": "Leads needs a Last Name & there was none.", "remedy": "Fill in Last_Name and replay."},
        "replay_of": "dlv_0", "replayed_as": "dlv_2",
    });
    let request = json!({"method": "POST", "path": "/crm/v8/Leads/upsert", "body": {"data": [{"Email": "ada@example.com"}]}});
    let tries = json!([{"number": 1, "verdict": "permanent", "code": "MANDATORY_NOT_FOUND", "message": "required field not found",
            "answer": {"code": "MANDATORY_NOT_FOUND", "details": {"api_name": "Last_Name"}, "status": "error"},
            "batch": {"id": "bat_1", "request": "POST /crm/v8/Leads/upsert", "rows": 2, "http_status": 207, "credits": 1,
                "started_at": "2026-01-31T09:00:08Z", "ended_at": "2026-01-31T09:00:08.250Z"}}
    ]);
    let life = json!({
        "id": "evt_01kb0w6v3ve2s8j4x9n7q5m2tc", "received_at": "2026-01-31T09:00:00Z", "source": "website",
        "kind": "track", "name": "Lead <Generated>", "message_id": "m-1", "subject": "ada@example.com", "status": "dead",
        "occurred_at": "2026-01-31T08:59:59Z",
        "arrival": {"door": "http", "ip": "192.0.2.1", "user_agent": "Mozilla/5.0", "origin": "https://www.example.com",
            "sent_at": "2026-01-31T08:59:59Z", "route": "lead-capture"},
        "payload": {"type": "track", "event": "Lead <Generated>", "properties": {"email": "ada@example.com"}},
        "duplicate_of": "evt_01kb0w6v3ve2s8j4x9n7q5m2td",
        "decisions": [{"route": "lead-capture", "is_matched": true, "reason": "it wants track:Lead <Generated>",
            "consent": [{"category": "marketing", "stated": true, "is_granted": true}], "mapping_version": 1,
            "mapping": [{"field": "Email", "from": "properties.email", "input": "Ada@example.com",
                "transforms": ["lowercase"], "output": "ada@example.com", "note": "looks fine"}]}],
        "deliveries": [],
    });
    let mut life: EventLife = read(&life);
    life.deliveries.push(DeliveryLife {
        delivery: read(&delivery),
        request: read(&request),
        tries: read(&tries),
    });
    life
}

/// By way of text, since raw JSON members cannot be read from a value.
fn read<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_str(&value.to_string()).unwrap()
}

/// Counts, and one connection in trouble.
pub(crate) fn overview() -> Overview {
    let overview = json!({
        "events_24h": 12_345, "unplanned_events": 2, "pending_deliveries": 3, "retrying_deliveries": 1,
        "delivered_24h": 12_300, "dead_letters": 4, "credits_24h": 124, "oldest_unsettled_at": "2026-01-31T08:00:00Z",
        "connections": [{"name": "demo", "data_center": "us", "api_domain": "https://www.zohoapis.com",
            "state": "paused", "reason": "Zoho answered 503", "paused_until": "2026-01-31T09:05:00Z", "credits_24h": 124, "nickname": "Demo", "owner": "customer-7",
            "environment": "production", "granted_scopes": ["ZohoCRM.modules.ALL"],
            "credits": {"limit": 20_000, "kept_for_deliveries": 5_000, "left": 19_876, "left_by_zoho": 48_000, "told_at": "2026-01-31T08:59:00Z"},
            "books": [{"organization_id": "10234695", "calls_in_minute": 3, "calls_per_day": 5_000, "calls_left_today": 4_990, "day_ends_at": "2026-02-01T00:00:00Z"}],
            "lacks": [{"feature": "bulk", "scopes": ["ZohoCRM.bulk.ALL"], "effect": "bulk reads are refused", "is_optional": false, "is_asked_for": true}],
            "scopes_asked_for": ["ZohoCRM.modules.ALL", "ZohoCRM.bulk.ALL"],
            "tokens": {"access_token_expires_at": "2026-01-31T10:00:00Z", "token_calls_10m": 1, "token_calls_10m_max": 10,
                "refresh_tokens": 1, "refresh_tokens_max": 20}}],
    });
    serde_json::from_value(overview).unwrap()
}

/// One of everything, with every key.
pub(crate) fn config() -> Config {
    Config {
        connections: vec![ConnectionConfig {
            name: "demo".to_owned(),
            nickname: Some("Demo".to_owned()),
            owner: Some("customer-7".to_owned()),
            data_center: "us".to_owned(),
            environment: Environment::Sandbox,
            scopes: vec!["ZohoCRM.modules.ALL".to_owned()],
            features: vec![Feature::Bulk],
            client_id: "1000.LEADWAYDEMO".to_owned(),
            client_secret: None,
            refresh_token: None,
            accounts_url: Some("http://127.0.0.1:4010".to_owned()),
            api_domain: Some("http://127.0.0.1:4010".to_owned()),
            credit_limit: Some(20_000),
            credits_kept_for_deliveries: Some(5_000),
        }],
        sources: vec![SourceConfig {
            name: "website".to_owned(),
            write_key: "demo-write-key".to_owned(),
            allowed_origins: vec!["https://www.example.com".to_owned()],
            missing_message_id: Default::default(),
        }],
        forms: vec![FormConfig {
            name: "demo".to_owned(),
            source: "website".to_owned(),
            event: "Lead Generated".to_owned(),
            redirect_url: Some("https://www.example.com/thanks".to_owned()),
            honeypot: Some("nickname".to_owned()),
        }],
        mappings: vec![MappingConfig {
            name: "lead-capture".to_owned(),
            fields: vec![FieldMapping {
                field: "Email".to_owned(),
                from: vec!["traits.email".to_owned(), "properties.email".to_owned()],
                value: Some("x".into()),
                default: Some("y".into()),
                transform: vec![Transform::Trim, Transform::Lowercase],
                required: true,
            }],
        }],
        routes: vec![RouteConfig {
            name: "lead-capture".to_owned(),
            sources: vec!["website".to_owned()],
            events: vec!["track:Lead Generated".parse::<EventMatch>().unwrap()],
            mapping: "lead-capture".to_owned(),
            connection: "demo".to_owned(),
            module: "Leads".to_owned(),
            operation: Operation::Upsert,
            duplicate_check_fields: vec!["Email".to_owned()],
            trigger: Some(vec!["workflow".to_owned()]),
            lar_id: Some("554023000000527002".to_owned()),
            consent: vec!["marketing".to_owned()],
        }],
    }
}
