//! A lead becomes a contact, an account when it has a company, and a deal when one is asked for.
//!
//! What belongs to the lead moves on: notes to the contact, attachments to where the call says, activities to the contact and
//! the deal (else the account), links to campaigns and products to the contact. Fields follow Zoho's standard mapping; own
//! fields are not mapped, as no API of Zoho sets their mapping.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::catalog::{self, Refusal};
use crate::rows::{self, Author, Columns, Source, id_in};
use crate::world::{Cell, World};

/// What a conversion is told.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Existing account and contact take the values of the lead.
    overwrite: bool,
    account: Option<u64>,
    contact: Option<u64>,
    deal: Option<DealOrder>,
    contact_role: Option<Value>,
    assign_to: Option<u64>,
    /// Module of the record that gets the lead's attachments.
    attachments_to: Option<String>,
    /// Tags of the lead that go along, by module; `None` when the call names none.
    tags: Option<BTreeMap<String, Tags>>,
    /// Where the order stands in the body, for refusals.
    path: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum DealOrder {
    Existing(u64),
    New(Map<String, Value>),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
enum Tags {
    All,
    Named(Vec<String>),
}

/// The records that a lead became.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Converted {
    pub(crate) account: Option<u64>,
    pub(crate) contact: u64,
    pub(crate) deal: Option<u64>,
}

/// Field of the lead, field of the account.
const TO_ACCOUNT: [(&str, &str); 13] = [
    ("Company", "Account_Name"),
    ("Phone", "Phone"),
    ("Fax", "Fax"),
    ("Website", "Website"),
    ("Annual_Revenue", "Annual_Revenue"),
    ("No_of_Employees", "Employees"),
    ("Industry", "Industry"),
    ("Rating", "Rating"),
    ("Street", "Billing_Street"),
    ("City", "Billing_City"),
    ("State", "Billing_State"),
    ("Zip_Code", "Billing_Code"),
    ("Country", "Billing_Country"),
];

/// Field of the lead, field of the contact.
const TO_CONTACT: [(&str, &str); 19] = [
    ("First_Name", "First_Name"),
    ("Last_Name", "Last_Name"),
    ("Salutation", "Salutation"),
    ("Designation", "Title"),
    ("Email", "Email"),
    ("Secondary_Email", "Secondary_Email"),
    ("Phone", "Phone"),
    ("Mobile", "Mobile"),
    ("Fax", "Fax"),
    ("Lead_Source", "Lead_Source"),
    ("Skype_ID", "Skype_ID"),
    ("Twitter", "Twitter"),
    ("Email_Opt_Out", "Email_Opt_Out"),
    ("Description", "Description"),
    ("Street", "Mailing_Street"),
    ("City", "Mailing_City"),
    ("State", "Mailing_State"),
    ("Zip_Code", "Mailing_Zip"),
    ("Country", "Mailing_Country"),
];

/// Fields without which no deal is made of a lead.
const DEAL_FIELDS: [&str; 3] = ["Deal_Name", "Closing_Date", "Stage"];

impl Order {
    /// Reads an order; `path` is its place in the body.
    pub(crate) fn read(
        world: &World,
        given: &Map<String, Value>,
        path: &str,
    ) -> Result<Self, Refusal> {
        let reader = Reader { world, given, path };
        Ok(Self {
            overwrite: reader.flag("overwrite")?,
            account: reader.record("Accounts")?,
            contact: reader.record("Contacts")?,
            deal: reader.deal()?,
            contact_role: reader.contact_role(),
            assign_to: reader.user("assign_to")?,
            attachments_to: reader.attachments_to()?,
            tags: reader.tags()?,
            path: path.to_owned(),
        })
    }
}

struct Reader<'a> {
    world: &'a World,
    given: &'a Map<String, Value>,
    path: &'a str,
}

impl<'a> Reader<'a> {
    fn get(&self, key: &str) -> Option<&'a Value> {
        self.given.get(key).filter(|value| !value.is_null())
    }

    fn invalid(&self, key: &str) -> Refusal {
        catalog::actions::invalid_at(key, &format!("{}.{key}", self.path))
    }

    fn wrong_type(&self, key: &str, expected: &str) -> Refusal {
        self.invalid(key)
            .with_detail("expected_data_type", json!(expected))
    }

    fn flag(&self, key: &str) -> Result<bool, Refusal> {
        match self.get(key) {
            None => Ok(false),
            Some(value) => value
                .as_bool()
                .ok_or_else(|| self.wrong_type(key, "boolean")),
        }
    }

    /// An id as `{"id": "..."}`, or as plain text like the second version has it.
    fn id(&self, key: &str) -> Result<Option<u64>, Refusal> {
        let id = match self.get(key) {
            None => return Ok(None),
            Some(Value::Object(object)) => object.get("id").and_then(id_in),
            Some(value @ (Value::String(_) | Value::Number(_))) => id_in(value),
            Some(_) => return Err(self.wrong_type(key, "jsonobject")),
        };
        id.map(Some).ok_or_else(|| self.invalid(key))
    }

    fn record(&self, module: &str) -> Result<Option<u64>, Refusal> {
        let Some(id) = self.id(module)? else {
            return Ok(None);
        };
        let table = self.world.table_named(module);
        if table.is_some_and(|table| table.rows.contains_key(&id)) {
            Ok(Some(id))
        } else {
            Err(self.invalid(module))
        }
    }

    fn user(&self, key: &str) -> Result<Option<u64>, Refusal> {
        match self.id(key)? {
            None => Ok(None),
            Some(id) => {
                let user = self.world.user(id).filter(|user| user.is_active);
                user.map(|user| Some(user.id))
                    .ok_or_else(|| self.invalid(key))
            }
        }
    }

    fn deal(&self) -> Result<Option<DealOrder>, Refusal> {
        match self.get("Deals") {
            None => Ok(None),
            Some(Value::Object(row)) if row.contains_key("id") => {
                Ok(self.record("Deals")?.map(DealOrder::Existing))
            }
            Some(Value::Object(row)) => Ok(Some(DealOrder::New(row.clone()))),
            Some(_) => Err(self.wrong_type("Deals", "jsonobject")),
        }
    }

    fn contact_role(&self) -> Option<Value> {
        let role = self.get("Deals")?.get("Contact_Role")?;
        let id = match role {
            Value::Object(role) => role.get("id").and_then(id_in),
            role => id_in(role),
        };
        self.world.actions.contact_role(id?)
    }

    fn attachments_to(&self) -> Result<Option<String>, Refusal> {
        const KEY: &str = "move_attachments_to";
        let Some(given) = self.get(KEY) else {
            return Ok(None);
        };
        let name = given.get("api_name").and_then(Value::as_str);
        let id = given.get("id").and_then(id_in);
        let known = ["Contacts", "Accounts", "Deals"].into_iter().find(|known| {
            let table = self.world.table_named(known);
            name == Some(known) || (id.is_some() && table.map(|table| table.module.id) == id)
        });
        known
            .map(|known| Some(known.to_owned()))
            .ok_or_else(|| self.invalid(KEY))
    }

    /// `{"Contacts": ["a"]}`, or the modules alone, `[{"api_name": "Contacts"}]`, when many leads are converted.
    fn tags(&self) -> Result<Option<BTreeMap<String, Tags>>, Refusal> {
        const KEY: &str = "carry_over_tags";
        match self.get(KEY) {
            None => Ok(None),
            Some(Value::Object(by_module)) => {
                let one = |(module, names): (&String, &Value)| {
                    let names = names
                        .as_array()
                        .ok_or_else(|| self.wrong_type(KEY, "jsonarray"))?;
                    let name = |tag: &Value| {
                        let name = tag.as_str().or_else(|| tag.get("name")?.as_str());
                        name.map(str::to_owned)
                    };
                    let names: Option<Vec<String>> = names.iter().map(name).collect();
                    let names = names.ok_or_else(|| self.wrong_type(KEY, "jsonarray"))?;
                    Ok((module.clone(), Tags::Named(names)))
                };
                by_module
                    .iter()
                    .map(one)
                    .collect::<Result<_, _>>()
                    .map(Some)
            }
            Some(Value::Array(modules)) => {
                let name = |module: &Value| {
                    let name = module.get("api_name").and_then(Value::as_str)?;
                    Some((name.to_owned(), Tags::All))
                };
                let tags: Option<BTreeMap<_, _>> = modules.iter().map(name).collect();
                tags.map(Some).ok_or_else(|| self.invalid(KEY))
            }
            Some(_) => Err(self.wrong_type(KEY, "jsonobject")),
        }
    }
}

/// Converts a lead, or changes nothing and says why.
pub(crate) fn convert(
    world: &mut World,
    lead: u64,
    order: &Order,
    author: Author,
) -> Result<Converted, Refusal> {
    let author = author.by(Source::Convert);
    let (Some(leads), Some(accounts), Some(contacts), Some(deals)) = (
        world.table_position("Leads"),
        world.table_position("Accounts"),
        world.table_position("Contacts"),
        world.table_position("Deals"),
    ) else {
        return Err(catalog::invalid_path_id(1));
    };
    let values = values_of(world, leads, lead).ok_or_else(|| catalog::invalid_path_id(1))?;
    if values.get("Converted__s") == Some(&Value::Bool(true)) {
        return Err(catalog::actions::already_converted());
    }
    if world.actions.is_locked(lead) {
        let details = json!({"resource_path_index": 1});
        return Err(catalog::actions::record_locked(&details));
    }
    let owner = order.assign_to.map_or_else(
        || values.get("Owner").cloned().unwrap_or_default(),
        |id| json!({"id": id.to_string()}),
    );
    let row = |mapping: &[(&str, &str)], module: &str| {
        let mut row = mapped(&values, mapping);
        if let Some(tags) = tags_for(&values, order, module) {
            row.insert("Tag".to_owned(), tags);
        }
        row
    };
    let account_row = row(&TO_ACCOUNT, "Accounts");
    let has_account = order.account.is_some() || account_row.contains_key("Account_Name");
    let contact_row = row(&TO_CONTACT, "Contacts");
    let deal_row = match &order.deal {
        Some(DealOrder::New(given)) => Some(deal_row(given, &values, order, &owner)?),
        _ => None,
    };
    // Nothing is written before everything is known to fit.
    if has_account {
        try_row(world, accounts, order.account, &account_row, order, author)
            .map_err(|refusal| below(refusal, order, "Accounts"))?;
    }
    try_row(world, contacts, order.contact, &contact_row, order, author)
        .map_err(|refusal| below(refusal, order, "Contacts"))?;
    if let Some(row) = &deal_row {
        rows::try_insert(world, deals, row, 0, author)
            .map_err(|refusal| below(refusal, order, "Deals"))?;
    }

    let account = has_account
        .then(|| {
            write(
                world,
                accounts,
                order.account,
                account_row,
                &owner,
                order,
                author,
            )
        })
        .transpose()?;
    let mut contact_row = contact_row;
    if let Some(account) = account
        && needs_account(world, contacts, order)
    {
        contact_row.insert(
            "Account_Name".to_owned(),
            json!({"id": account.to_string()}),
        );
    }
    let contact = write(
        world,
        contacts,
        order.contact,
        contact_row,
        &owner,
        order,
        author,
    )?;
    let deal = match (&order.deal, deal_row) {
        (Some(DealOrder::Existing(id)), _) => Some(*id),
        (_, Some(mut row)) => {
            row.insert(
                "Contact_Name".to_owned(),
                json!({"id": contact.to_string()}),
            );
            if let Some(account) = account {
                row.insert(
                    "Account_Name".to_owned(),
                    json!({"id": account.to_string()}),
                );
            }
            Some(rows::insert(world, deals, &row, 0, author)?.id)
        }
        (_, None) => None,
    };
    if let Some(deal) = deal {
        let role = order
            .contact_role
            .clone()
            .map(|role| ("Contact_Role".to_owned(), role));
        let facts = role.into_iter().collect();
        world.actions.links.put(deal, contact, &facts);
    }
    let converted = Converted {
        account,
        contact,
        deal,
    };
    move_on(world, lead, converted, order, author);
    mark(world, leads, lead, converted, author);
    Ok(converted)
}

/// The lead as answers show it.
fn values_of(world: &World, leads: usize, lead: u64) -> Option<Map<String, Value>> {
    let table = &world.tables[leads];
    let record = table.rows.get(&lead)?;
    let mut out = Vec::new();
    rows::print_record(&mut out, world, table, record, &Columns::fields().in_full());
    serde_json::from_slice(&out).ok()
}

/// The filled fields under their names on the other side.
fn mapped(values: &Map<String, Value>, mapping: &[(&str, &str)]) -> Map<String, Value> {
    let filled = mapping.iter().filter_map(|(from, to)| {
        let value = values.get(*from).filter(|value| !value.is_null())?;
        Some(((*to).to_owned(), value.clone()))
    });
    filled.collect()
}

/// The tags of the lead that go to a record of this module.
fn tags_for(values: &Map<String, Value>, order: &Order, module: &str) -> Option<Value> {
    let wanted = order.tags.as_ref()?.get(module)?;
    let tags = values.get("Tag")?.as_array()?.iter();
    let kept = tags.filter(|tag| match wanted {
        Tags::All => true,
        Tags::Named(names) => {
            let name = tag.get("name").and_then(Value::as_str);
            names.iter().any(|wanted| name == Some(wanted.as_str()))
        }
    });
    let kept: Vec<Value> = kept.cloned().collect();
    (!kept.is_empty()).then(|| Value::Array(kept))
}

fn deal_row(
    given: &Map<String, Value>,
    values: &Map<String, Value>,
    order: &Order,
    owner: &Value,
) -> Result<Map<String, Value>, Refusal> {
    for field in DEAL_FIELDS {
        if given.get(field).is_none_or(Value::is_null) {
            let path = format!("{}.Deals.{field}", order.path);
            return Err(catalog::actions::missing_at(field, &path));
        }
    }
    let mut row = given.clone();
    row.remove("Contact_Role");
    if let Some(source) = values.get("Lead_Source").filter(|source| !source.is_null()) {
        row.entry("Lead_Source").or_insert_with(|| source.clone());
    }
    row.entry("Owner").or_insert_with(|| owner.clone());
    if let Some(tags) = tags_for(values, order, "Deals") {
        row.entry("Tag").or_insert(tags);
    }
    Ok(row)
}

/// Refuses values that an account or contact cannot take.
fn try_row(
    world: &World,
    table: usize,
    existing: Option<u64>,
    row: &Map<String, Value>,
    order: &Order,
    author: Author,
) -> Result<(), Refusal> {
    match existing {
        None => rows::try_insert(world, table, row, 0, author),
        Some(id) if order.overwrite => rows::try_update(world, table, id, row, 0, author),
        Some(_) => Ok(()),
    }
}

/// An error of a row, with its place in the order.
fn below(mut refusal: Refusal, order: &Order, module: &str) -> Refusal {
    if let Some(Value::String(path)) = refusal.details.get_mut("json_path")
        && let Some(rest) = path.strip_prefix("$.data[0]")
    {
        *path = format!("{}.{module}{rest}", order.path);
    }
    refusal
}

/// Whether the contact is to name the account.
fn needs_account(world: &World, contacts: usize, order: &Order) -> bool {
    let table = &world.tables[contacts];
    let Some(record) = order.contact.and_then(|id| table.rows.get(&id)) else {
        return true;
    };
    let position = table.module.position("Account_Name");
    order.overwrite || position.is_none_or(|at| record.cell(at).is_none())
}

/// Adds an account or contact, or changes the one that exists.
fn write(
    world: &mut World,
    table: usize,
    existing: Option<u64>,
    mut row: Map<String, Value>,
    owner: &Value,
    order: &Order,
    author: Author,
) -> Result<u64, Refusal> {
    match existing {
        None => {
            row.insert("Owner".to_owned(), owner.clone());
            Ok(rows::insert(world, table, &row, 0, author)?.id)
        }
        Some(id) => {
            if !order.overwrite {
                // A contact may still learn its account; an account keeps what it has.
                let is_contact = world.tables[table].module.api_name == "Contacts";
                row.retain(|name, _| is_contact && name == "Account_Name");
            }
            if !row.is_empty() {
                rows::update(world, table, id, &row, 0, author)?;
            }
            Ok(id)
        }
    }
}

/// Moves what belonged to the lead.
fn move_on(world: &mut World, lead: u64, to: Converted, order: &Order, author: Author) {
    let attachments_to = match order.attachments_to.as_deref() {
        Some("Deals") => to.deal,
        Some("Accounts") => to.account,
        _ => None,
    };
    move_below(world, "Notes", lead, to.contact, author);
    let attachments_to = attachments_to.unwrap_or(to.contact);
    move_below(world, "Attachments", lead, attachments_to, author);
    for module in ["Tasks", "Events", "Calls"] {
        let Some(table) = world.table_position(module) else {
            continue;
        };
        let module = &world.tables[table].module;
        let (Some(what_at), Some(who_at)) = (module.position("What_Id"), module.position("Who_Id"))
        else {
            continue;
        };
        let related = to.deal.or(to.account);
        for id in world.tables[table]
            .holders(what_at, &Cell::Id(lead))
            .to_vec()
        {
            let cells = vec![
                (what_at, related.map(Cell::Id)),
                (who_at, Some(Cell::Id(to.contact))),
            ];
            rows::set(world, table, id, cells, author);
        }
    }
    world.actions.links.pass_on(lead, to.contact);
}

/// Gives the records below one parent to another.
pub(super) fn move_below(world: &mut World, module: &str, from: u64, to: u64, author: Author) {
    let Some(table) = world.table_position(module) else {
        return;
    };
    let Some(parent_at) = world.tables[table].module.position("Parent_Id") else {
        return;
    };
    for id in world.tables[table]
        .holders(parent_at, &Cell::Id(from))
        .to_vec()
    {
        rows::set(
            world,
            table,
            id,
            vec![(parent_at, Some(Cell::Id(to)))],
            author,
        );
    }
}

/// Notes in the lead what became of it.
fn mark(world: &mut World, leads: usize, lead: u64, to: Converted, author: Author) {
    let table = &world.tables[leads];
    let created_at = table
        .rows
        .get(&lead)
        .map_or(author.now, |record| record.created_at);
    let days = author.now.saturating_sub(created_at).max(0) / (24 * 60 * 60);
    let cells = [
        ("Converted__s", Some(Cell::Bool(true))),
        ("Converted_Date_Time", Some(Cell::Time(author.now))),
        ("Converted_Account", to.account.map(Cell::Id)),
        ("Converted_Contact", Some(Cell::Id(to.contact))),
        ("Converted_Deal", to.deal.map(Cell::Id)),
        ("Lead_Conversion_Time", Some(Cell::Integer(days))),
    ];
    let cells = cells.into_iter().filter_map(|(name, cell)| {
        let position = table.module.position(name)?;
        Some((position, cell))
    });
    let cells = cells.collect();
    rows::set(world, leads, lead, cells, author);
}
