//! Custom views: named filters of a module with columns and an order.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Stamp;
use crate::schema::{Module, Slot};
use crate::world::{World, write_time};

/// Seconds of a day.
const DAY: i64 = 24 * 60 * 60;

/// One custom view.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct View {
    pub(crate) id: u64,
    /// Position of the module's table.
    pub(crate) table: usize,
    pub(crate) name: String,
    /// Of the views that Zoho brings.
    pub(crate) system_name: Option<String>,
    pub(crate) access_type: Access,
    /// `{"type", "id", "name", "subordinates"}` for each that a shared view is shared to.
    pub(crate) shared_to: Vec<Value>,
    /// As given; values such as `${CURRENTUSER}` are read when the view is used.
    pub(crate) criteria: Option<Value>,
    /// API names, and whether the column is pinned.
    pub(crate) fields: Vec<(String, bool)>,
    pub(crate) sort_by: Option<String>,
    pub(crate) is_descending: bool,
    pub(crate) is_locked: bool,
    pub(crate) is_default: bool,
    pub(crate) stamp: Stamp,
    pub(crate) last_accessed_at: Option<i64>,
}

/// Who sees a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Access {
    Public,
    Shared,
    OnlyToMe,
}

impl Access {
    pub(crate) const NAMES: [&str; 3] = ["public", "shared", "only_to_me"];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "public" => Self::Public,
            "shared" => Self::Shared,
            "only_to_me" => Self::OnlyToMe,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Shared => "shared",
            Self::OnlyToMe => "only_to_me",
        }
    }
}

impl View {
    pub(crate) fn is_system(&self) -> bool {
        self.system_name.is_some()
    }

    /// The group in which a user sees the view; none when the user does not see it.
    pub(crate) fn category(&self, world: &World, user: u64) -> Option<&'static str> {
        let is_own = self.stamp.created.is_some_and(|(_, author)| author == user);
        let administrators = world.organisation.administrator_profile_id;
        let known = world.user(user);
        let is_administrator = known.is_some_and(|user| user.profile == administrators);
        if self.is_system() {
            return Some("public_views");
        }
        if is_own {
            return Some("created_by_me");
        }
        match self.access_type {
            Access::Public => Some("public_views"),
            Access::Shared if self.is_shared_to(world, user) => Some("shared_with_me"),
            _ if is_administrator => Some("other_users_views"),
            _ => None,
        }
    }

    fn is_shared_to(&self, world: &World, user: u64) -> bool {
        let role = world.user(user).map_or(0, |user| user.role);
        self.shared_to.iter().any(|share| {
            let id = share["id"].as_str().and_then(crate::world::parse_id);
            match share["type"].as_str() {
                Some("users") => id == Some(user),
                Some("roles") => {
                    let is_below = share["subordinates"].as_bool() == Some(true);
                    id == Some(role)
                        || (is_below && id.is_some_and(|id| world.is_role_below(role, id)))
                }
                _ => false,
            }
        })
    }
}

/// One condition as criteria write it.
fn condition(field: &str, comparator: &str, value: Value) -> Value {
    json!({"comparator": comparator, "field": {"api_name": field}, "type": "value", "value": value})
}

fn both(left: Value, right: Value) -> Value {
    json!({"group_operator": "AND", "group": [left, right]})
}

/// The views with which a module begins: name, internal name, criteria.
///
/// unknown: the criteria of most of them; they follow their names. Views of unread records are left out.
fn standard(module: &Module) -> Vec<(String, &'static str, Option<Value>)> {
    let label = &module.plural_label;
    let mine = || condition("Owner", "equal", json!("${CURRENTUSER}"));
    let mut views = Vec::new();
    let is_lead = module.api_name == "Leads";
    let open = || condition("Converted__s", "equal", json!(false));
    let converted = || condition("Converted__s", "equal", json!(true));
    views.push((format!("All {label}"), "ALLVIEWS", is_lead.then(open)));
    let has = |name: &str| module.position(name).is_some();
    if has("Locked__s") {
        let locked = condition("Locked__s", "equal", json!(true));
        views.push((format!("All Locked {label}"), "ALLLOCKED", Some(locked)));
    }
    if module.fields.iter().any(|field| field.slot == Slot::Owner) {
        let own = if is_lead {
            both(mine(), open())
        } else {
            mine()
        };
        views.push((format!("My {label}"), "MYVIEWS", Some(own)));
    }
    let today = || condition("Created_Time", "equal", json!("${TODAY}"));
    views.push((format!("Recently Created {label}"), "RECENTCREATED", None));
    views.push((format!("Recently Modified {label}"), "RECENTMODIFIED", None));
    if is_lead {
        let status = |value: &str| condition("Lead_Status", "equal", json!(value));
        views.push(("Converted Leads".to_owned(), "CONVERTED", Some(converted())));
        views.push((
            "Junk Leads".to_owned(),
            "JUNK",
            Some(both(status("Junk Lead"), open())),
        ));
        views.push(("Mailing Labels".to_owned(), "MAILINGLABELS", Some(open())));
        views.push((
            "My Converted Leads".to_owned(),
            "MYCONVERTED",
            Some(both(mine(), converted())),
        ));
        views.push((
            "Not Qualified Leads".to_owned(),
            "NOTQUALIFIED",
            Some(both(status("Not Qualified"), open())),
        ));
        views.push(("Open Leads".to_owned(), "OPEN", Some(open())));
        views.push((
            "Today's Leads".to_owned(),
            "TODAYS",
            Some(both(today(), open())),
        ));
    }
    if has("Email_Opt_Out") {
        let opted_out = condition("Email_Opt_Out", "equal", json!(true));
        views.push((
            format!("Unsubscribed {label}"),
            "UNSUBSCRIBED",
            Some(opted_out),
        ));
    }
    if module.api_name == "Deals" {
        let ended = json!(["Closed Won", "Closed Lost", "Closed Lost to Competition"]);
        let is_open = condition("Stage", "not_in", ended);
        views.push(("Open Deals".to_owned(), "OPEN", Some(is_open)));
    }
    views
}

impl World {
    /// Gives a module the views with which every module begins. Modules that people do not see have none.
    pub(crate) fn add_standard_views(&mut self, table: usize) {
        let module = self.tables[table].module.clone();
        if !module.abilities.show_as_tab {
            return;
        }
        let fields: Vec<(String, bool)> = module
            .shown_fields()
            .into_iter()
            .map(|name| (name.to_owned(), false))
            .collect();
        for (number, (name, system_name, criteria)) in standard(&module).into_iter().enumerate() {
            let sort_by = match system_name {
                "RECENTCREATED" => Some("Created_Time".to_owned()),
                "RECENTMODIFIED" => Some("Modified_Time".to_owned()),
                _ => None,
            };
            let view = View {
                id: self.ids.next(),
                table,
                name,
                system_name: Some(system_name.to_owned()),
                access_type: Access::Public,
                shared_to: Vec::new(),
                criteria,
                fields: fields.clone(),
                is_descending: sort_by.is_some(),
                sort_by,
                is_locked: false,
                is_default: number == 0,
                stamp: Stamp::default(),
                last_accessed_at: None,
            };
            self.settings.views.push(view);
        }
    }

    /// A view of a module that a user sees.
    pub(crate) fn view(&self, id: u64, table: usize, user: u64) -> Option<&View> {
        let mut views = self.settings.views.iter();
        views
            .find(|view| view.id == id && view.table == table)
            .filter(|view| view.category(self, user).is_some())
    }

    /// Criteria with the values that stand for a user or a day read: `${CURRENTUSER}`, `${TODAY}`, `${YESTERDAY}`,
    /// `${TOMORROW}`, `${NOTEMPTY}`.
    pub(crate) fn criteria_for(&self, criteria: &Value, user: u64, now: i64) -> Value {
        let mut read = criteria.clone();
        if let Some(group) = criteria["group"].as_array() {
            let parts = group.iter().map(|part| self.criteria_for(part, user, now));
            read["group"] = parts.collect();
            return read;
        }
        let offset = i64::from(self.organisation.utc_offset_minutes) * 60;
        let midnight = (now + offset).div_euclid(DAY) * DAY - offset;
        let start = match criteria["value"].as_str() {
            Some("${CURRENTUSER}") => {
                read["value"] = json!(user.to_string());
                return read;
            }
            Some("${NOTEMPTY}") => {
                read["comparator"] = json!("not_equal");
                read["value"] = json!("${EMPTY}");
                return read;
            }
            Some("${YESTERDAY}") => midnight - DAY,
            Some("${TODAY}") => midnight,
            Some("${TOMORROW}") => midnight + DAY,
            _ => return read,
        };
        let (start, end) = (self.written(start), self.written(start + DAY - 1));
        let name = criteria["field"]["api_name"].as_str().unwrap_or_default();
        let is_moment =
            name.ends_with("_Time") || name.ends_with("DateTime") || name.ends_with("Time__s");
        let comparator = criteria["comparator"].as_str().unwrap_or_default();
        if !is_moment {
            read["value"] = json!(start.get(..10));
        } else if comparator == "equal" {
            read["comparator"] = json!("between");
            read["value"] = json!([start, end]);
        } else {
            let is_end = matches!(comparator, "greater_than" | "less_equal");
            read["value"] = json!(if is_end { end } else { start });
        }
        read
    }

    fn written(&self, seconds: i64) -> String {
        let mut out = Vec::with_capacity(25);
        write_time(&mut out, seconds, self.organisation.utc_offset_minutes);
        String::from_utf8(out).unwrap_or_default()
    }
}
