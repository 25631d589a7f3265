//! Notifications: from the log of changes to callbacks in the outbox, and from there to those who asked for them.
//!
//! [`collect`] is called after each request and reads the changes since the last time, so the records that one call changed
//! share a callback, as far as module and operation are the same; [`collect_many`] keeps a long job from outrunning the log. [`post`] sends what waits, by a task of its own.

mod post;
mod sent;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::rows::{Columns, print_record};
use crate::world::channels::{Event, Subscription};
use crate::world::outbox::{Letter, LetterKind};
use crate::world::{Action, Cell, Change, Record, Table, World};
pub(crate) use post::post;
pub(crate) use sent::Sent;

/// Records of one callback. unknown: Zoho's own number; its `ids` is a list that "may hold many".
const IDS_MAX: usize = 100;

/// Changes that are put into callbacks at once, however many one call or job makes: well below what the log holds.
const UNREAD_MAX: u64 = 5_000;
/// The same when the values of the changes are long.
const UNREAD_HEAVY_MAX: u64 = 200;

/// One callback that is being put together.
#[derive(Debug)]
struct Draft<'w> {
    subscription: &'w Subscription,
    operation: &'static str,
    ids: Vec<u64>,
    fields: Vec<Value>,
    values: Vec<Value>,
}

/// Puts callbacks for all changes since the last time into the outbox. `now_ms` is simulated time.
pub(crate) fn collect(world: &mut World, now_ms: i64) {
    let last = world.changes.last_sequence();
    let read_to = std::mem::replace(&mut world.outbox.read_to, last);
    if read_to >= last || world.channels.is_empty() {
        return;
    }
    world.channels.expire(now_ms.div_euclid(1000));
    let letters: Vec<Letter> = drafts(world, read_to)
        .into_iter()
        .map(|draft| draft.letter(now_ms))
        .collect();
    for letter in letters {
        world.outbox.push(letter);
    }
}

/// The same in the midst of a call or a job that changes many records, before the log forgets the first of them. What may
/// still be taken back is not told.
pub(crate) fn collect_many(world: &mut World, now_ms: i64) {
    let unread = world
        .changes
        .last_sequence()
        .saturating_sub(world.outbox.read_to);
    let is_heavy = unread >= UNREAD_HEAVY_MAX && world.changes.is_heavy();
    if (unread >= UNREAD_MAX || is_heavy) && !world.may_roll_back() {
        collect(world, now_ms);
    }
}

fn drafts(world: &World, read_to: u64) -> Vec<Draft<'_>> {
    let mut drafts: Vec<Draft<'_>> = Vec::new();
    for change in world.changes.since(read_to) {
        let Some(table) = world.tables.get(change.table) else {
            continue;
        };
        let (event, operation) = words(change.action);
        for subscription in world.channels.iter() {
            if subscription.resource == table.module.api_name {
                if subscription.is_told_of(event) && is_selected(subscription, table, change) {
                    let draft = draft(&mut drafts, subscription, operation, change.id);
                    draft.add(world, table, change);
                }
            } else if subscription.is_told_of_related
                && subscription.selection.is_none()
                && subscription.is_told_of(Event::Edit)
            {
                for parent in parents(world, &subscription.resource, table, change) {
                    // unknown: what `affected_fields` says of a record whose related record changed.
                    draft(&mut drafts, subscription, "update", parent)
                        .ids
                        .push(parent);
                }
            }
        }
    }
    drafts
}

/// The event that a subscription names and the operation that a callback prints.
///
/// unknown: how a record taken out of the recycle bin is told; here it is as new.
fn words(action: Action) -> (Event, &'static str) {
    match action {
        Action::Insert | Action::Restore => (Event::Create, "insert"),
        Action::Update => (Event::Edit, "update"),
        Action::Delete => (Event::Delete, "delete"),
    }
}

/// Selected fields narrow edits only. unknown: whether they narrow other events too.
fn is_selected(subscription: &Subscription, table: &Table, change: &Change) -> bool {
    let Some(selection) = &subscription.selection else {
        return true;
    };
    let is_changed = |name: &str| {
        let mut fields = change.fields.iter();
        fields.any(|field| table.module.field_at(field.position).api_name == name)
    };
    change.action != Action::Update || selection.is_met_by(&is_changed)
}

/// Records of `module` in whose related lists the changed record stands.
fn parents(world: &World, module: &str, table: &Table, change: &Change) -> BTreeSet<u64> {
    let Some(of) = world.table_named(module) else {
        return BTreeSet::new();
    };
    let deleted = || table.deleted.get(&change.id)?.record.as_deref();
    let Some(record) = table.rows.get(&change.id).or_else(deleted) else {
        return BTreeSet::new();
    };
    let lists = of.module.related_lists.iter();
    let fields = lists
        .filter(|list| list.module.as_deref() == Some(table.module.api_name.as_str()))
        .filter_map(|list| table.module.position(list.field.as_deref()?));
    let ids = fields.filter_map(|position| match record.cell(position) {
        Some(Cell::Id(id)) if of.rows.contains_key(id) => Some(*id),
        _ => None,
    });
    ids.collect()
}

/// The draft that the record goes into: the latest one of this kind, unless it is full or has the record already.
fn draft<'d, 'w>(
    drafts: &'d mut Vec<Draft<'w>>,
    subscription: &'w Subscription,
    operation: &'static str,
    id: u64,
) -> &'d mut Draft<'w> {
    let found = drafts.iter().rposition(|draft| {
        std::ptr::eq(draft.subscription, subscription) && draft.operation == operation
    });
    let fits = |at: &usize| {
        let ids = &drafts[*at].ids;
        ids.len() < IDS_MAX && !ids.contains(&id)
    };
    let at = found.filter(fits).unwrap_or(drafts.len());
    if at == drafts.len() {
        drafts.push(Draft {
            subscription,
            operation,
            ids: Vec::new(),
            fields: Vec::new(),
            values: Vec::new(),
        });
    }
    &mut drafts[at]
}

impl Draft<'_> {
    fn add(&mut self, world: &World, table: &Table, change: &Change) {
        self.ids.push(change.id);
        if change.action != Action::Update {
            return;
        }
        let fields = change.fields.iter();
        let names: Vec<&str> = fields
            .map(|field| table.module.field_at(field.position).api_name.as_str())
            .collect();
        let id = change.id.to_string();
        if self.subscription.returns_values {
            let record = table.rows.get(&change.id);
            let values =
                record.map_or_else(Map::new, |record| values(world, table, record, &names));
            self.values.push(json!({"record_id": id, "values": values}));
        }
        self.fields.push(json!({id: names}));
    }

    fn letter(self, now_ms: i64) -> Letter {
        let subscription = self.subscription;
        let mut body = Map::new();
        body.insert("server_time".to_owned(), json!(now_ms));
        if subscription.returns_values {
            // unknown: whether the key is there for inserts and deletes, whose values are nowhere described.
            body.insert("affected_values".to_owned(), json!(self.values));
        }
        let ids: Vec<String> = self.ids.iter().map(u64::to_string).collect();
        body.extend([
            (
                "query_params".to_owned(),
                query_params(&subscription.notify_url),
            ),
            ("module".to_owned(), json!(subscription.resource)),
            ("resource_uri".to_owned(), json!(resource_uri(subscription))),
            ("ids".to_owned(), json!(ids)),
            ("affected_fields".to_owned(), json!(self.fields)),
            ("operation".to_owned(), json!(self.operation)),
            (
                "channel_id".to_owned(),
                json!(subscription.channel_id.to_string()),
            ),
            ("token".to_owned(), json!(subscription.token)),
        ]);
        Letter {
            kind: LetterKind::Notification,
            url: subscription.notify_url.clone(),
            body: Value::Object(body).to_string(),
            sender: subscription.channel_id,
            module: subscription.resource.clone(),
            operation: self.operation.to_owned(),
        }
    }
}

/// The named fields as a record prints them.
fn values(world: &World, table: &Table, record: &Record, names: &[&str]) -> Map<String, Value> {
    let mut out = Vec::new();
    print_record(
        &mut out,
        world,
        table,
        record,
        &Columns::named(table, names),
    );
    let mut values: Map<String, Value> = serde_json::from_slice(&out).unwrap_or_default();
    values.retain(|name, _| names.contains(&name.as_str()));
    values
}

fn query_params(url: &str) -> Value {
    let url = url::Url::parse(url);
    let pairs = url.iter().flat_map(|url| url.query_pairs());
    pairs
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect::<Map<String, Value>>()
        .into()
}

/// The address of the module. Samples of all versions print version 2 there.
pub(crate) fn resource_uri(subscription: &Subscription) -> String {
    format!("{}/crm/v2/{}", subscription.origin, subscription.resource)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::actions::mass::{Mass, MassKind};
    use crate::config::Edition;
    use crate::rows::{self, Author};
    use crate::seed::Seed;
    use crate::world::jobs::{Pace, Work};

    const NOW: i64 = 1_768_035_600;

    fn watched_leads(world: &mut World) -> usize {
        world.channels.put(Subscription {
            channel_id: 1,
            user: 1,
            resource: "Leads".to_owned(),
            events: vec![Event::Edit],
            expires_at: NOW + 86_400,
            notify_url: "http://127.0.0.1:9/".to_owned(),
            token: None,
            returns_values: false,
            is_told_of_related: false,
            selection: None,
            origin: String::new(),
        });
        world.table_position("Leads").unwrap()
    }

    fn told(world: &mut World) -> usize {
        let letters = world.outbox.take();
        let bodies = letters.iter().map(|letter| {
            let body: Value = serde_json::from_str(&letter.body).unwrap();
            body["ids"].as_array().map_or(0, Vec::len)
        });
        bodies.sum()
    }

    #[test]
    fn more_changes_than_the_log_holds_are_all_told() {
        let mut world = World::build(&Seed::demo(), Edition::default(), NOW).unwrap();
        let leads = watched_leads(&mut world);
        collect(&mut world, NOW * 1000);
        assert_eq!(told(&mut world), 0, "nobody is told of the seed");
        let user = world.first_user_id();
        let author = Author::new(user, NOW);
        let row = json!({"Last_Name": "Weber"});
        let ids: Vec<u64> = (0..100)
            .map(|number| {
                let row = row.as_object().unwrap();
                rows::insert(&mut world, leads, row, number, author)
                    .unwrap()
                    .id
            })
            .collect();
        collect(&mut world, NOW * 1000);
        for job in 0..210 {
            let row = json!({"City": format!("City {job}")});
            let kind = MassKind::Update {
                table: leads,
                ids: ids.clone(),
                row: row.as_object().unwrap().clone(),
                over_write: true,
            };
            let pace = Pace { waits: 0, runs: 0 };
            world.add_job(user, NOW, pace, Work::Mass(Box::new(Mass::new(kind))));
        }
        world.settle(NOW);
        collect(&mut world, NOW * 1000);
        assert_eq!(told(&mut world), 21_000);
    }

    #[test]
    fn what_may_be_taken_back_is_told_to_nobody() {
        let mut world = World::build(&Seed::demo(), Edition::default(), NOW).unwrap();
        let leads = watched_leads(&mut world);
        let author = Author::new(world.first_user_id(), NOW);
        let row = json!({"Last_Name": "Weber"});
        let row = row.as_object().unwrap();
        let id = rows::insert(&mut world, leads, row, 0, author).unwrap().id;
        collect(&mut world, NOW * 1000);
        let mark = world.begin_rollback();
        for number in 0..UNREAD_MAX + 10 {
            let row = json!({"City": number.to_string()});
            rows::update(&mut world, leads, id, row.as_object().unwrap(), 0, author).unwrap();
        }
        world.roll_back(mark);
        collect(&mut world, NOW * 1000);
        assert_eq!(told(&mut world), 0);
    }
}
