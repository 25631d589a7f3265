//! JSON that many answers share.

use serde_json::{Value, json};

use crate::world::{World, write_time};

/// A time in the organisation's own zone.
pub(crate) fn time(world: &World, seconds: i64) -> String {
    let mut out = Vec::with_capacity(25);
    write_time(&mut out, seconds, world.organisation.utc_offset_minutes);
    String::from_utf8(out).unwrap_or_default()
}

/// A reference: name and id.
pub(crate) fn reference(name: &str, id: u64) -> Value {
    json!({"name": name, "id": id.to_string()})
}

/// A user by name and id; null when there is none.
pub(crate) fn user(world: &World, id: u64) -> Value {
    world
        .user(id)
        .map_or(Value::Null, |user| reference(&user.full_name(), user.id))
}

/// An item of a write that went well.
pub(crate) fn success(details: &Value, message: &str) -> Value {
    json!({"code": "SUCCESS", "details": details, "message": message, "status": "success"})
}
