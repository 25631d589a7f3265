//! How many records a query looks at, whatever the number of records there is.

use serde_json::{Map, Value, json};

use super::plan::{Asker, Plan, plan};
use super::{parser, run, scan};
use crate::config::Edition;
use crate::rows::{self, Author};
use crate::seed::Seed;
use crate::world::World;

struct Small {
    world: World,
    author: Author,
}

impl Small {
    /// As many leads, with an account and contact for every tenth.
    fn with(leads: usize) -> Self {
        let world = World::build(&Seed::empty(), Edition::Enterprise, 1_000).unwrap();
        let author = Author::new(world.first_user_id(), 1_000);
        let mut small = Self { world, author };
        for number in 0..leads {
            small.author.now = 1_000 + i64::try_from(number).unwrap() * 10;
            small.insert(
                "Leads",
                &json!({"Last_Name": format!("Lead {number}"), "Company": format!("Company {}", number % 7),
                    "Email": format!("lead{number}@x.example"), "No_of_Employees": number % 5}),
            );
            if number % 10 == 0 {
                let account = small.insert(
                    "Accounts",
                    &json!({"Account_Name": format!("Account {number}")}),
                );
                small.insert(
                    "Contacts",
                    &json!({"Last_Name": format!("Contact {number}"), "Account_Name": {"id": account.to_string()}}),
                );
            }
        }
        small
    }

    fn insert(&mut self, module: &str, row: &Value) -> u64 {
        let table = self.world.table_position(module).unwrap();
        let row: Map<String, Value> = row.as_object().unwrap().clone();
        rows::insert(&mut self.world, table, &row, 0, self.author)
            .unwrap()
            .id
    }

    fn plan(&self, query: &str) -> Plan {
        let query = parser::parse(query).unwrap();
        let asker = Asker {
            user: self.author.user,
            now: self.author.now,
        };
        plan(&self.world, &query, asker, &|plan| {
            run::values(&self.world, plan)
        })
        .unwrap()
    }

    /// Records that are looked at until the page is full, and the rows on it.
    fn looked_at(&self, query: &str) -> (usize, usize) {
        let plan = self.plan(query);
        let table = &self.world.tables[plan.table];
        let candidates = scan::candidates(&self.world, &plan);
        let (mut looked_at, mut found) = (0, 0);
        for record in candidates.records {
            looked_at += 1;
            found += usize::from(plan.filter.holds(&self.world, table, record));
            if candidates.are_ordered && found > plan.limit + plan.offset {
                break;
            }
        }
        let rows = run::records(&self.world, &plan).items.len();
        assert_eq!(
            rows,
            found.saturating_sub(plan.offset).min(plan.limit),
            "{query}"
        );
        (looked_at, rows)
    }
}

#[test]
fn indexed_conditions_look_at_as_many_records_however_many_there_are() {
    let (few, many) = (Small::with(100), Small::with(2_000));
    let id = |small: &Small, module: &str, place: usize| {
        let table = small.world.table_named(module).unwrap();
        *table.rows.keys().nth(place).unwrap()
    };
    let queries = |small: &Small| {
        [
            format!("select id from Leads where id = {}", id(small, "Leads", 50)),
            format!("select id from Leads where id in ({}, {}, 1)", id(small, "Leads", 5), id(small, "Leads", 9)),
            "select id from Leads where Email = 'LEAD7@x.example'".to_owned(),
            "select id from Leads where (Email = 'lead7@x.example' and Company = 'Company 0')".to_owned(),
            "select id from Leads where (Email = 'lead7@x.example' or Email = 'lead8@x.example')".to_owned(),
            format!("select id from Contacts where Account_Name = {}", id(small, "Accounts", 3)),
            format!("select id from Contacts where Account_Name.id = {}", id(small, "Accounts", 3)),
            "select id from Contacts where Account_Name.Account_Name = 'Account 30'".to_owned(),
            "select id from Contacts where Account_Name in (select id from Accounts where Account_Name = 'Account 30')".to_owned(),
            "select id from Leads where id is not null limit 5".to_owned(),
            "select id from Leads where id is not null order by id desc limit 5".to_owned(),
            "select id from Leads where id is not null order by Modified_Time desc limit 5".to_owned(),
            "select id from Leads where id is not null order by Created_Time desc limit 5".to_owned(),
            format!("select id from Leads where id > {} limit 5", id(small, "Leads", 60)),
            "select id from Leads where (Created_Time >= '1970-01-01T00:20:00+00:00' and Created_Time < '1970-01-01T00:21:00+00:00')"
                .to_owned(),
            "select id from Leads where Modified_Time between '1970-01-01T00:20:00+00:00' and '1970-01-01T00:21:00+00:00'".to_owned(),
        ]
    };
    for (few_query, many_query) in queries(&few).iter().zip(queries(&many)) {
        let in_few = few.looked_at(few_query);
        assert_eq!(in_few, many.looked_at(&many_query), "{many_query}");
        assert!(in_few.0 <= 8 && in_few.1 > 0, "{few_query} {in_few:?}");
    }
}

#[test]
fn every_way_of_looking_finds_the_same() {
    let small = Small::with(60);
    // The second way has a condition that no index helps with.
    let table = small.world.table_named("Leads").unwrap();
    let id = *table.rows.keys().nth(20).unwrap();
    for (condition, order) in [
        (format!("id > {id}"), "order by id desc"),
        (format!("id between {id} and {}", id + 30), ""),
        (
            "Created_Time > '1970-01-01T00:20:00+00:00'".to_owned(),
            "order by Created_Time desc",
        ),
        (
            "Modified_Time <= '1970-01-01T00:20:00+00:00'".to_owned(),
            "order by Modified_Time asc",
        ),
        (
            "Modified_Time > '1970-01-01T00:20:00+00:00'".to_owned(),
            "order by Modified_Time desc",
        ),
        (
            "Email in ('lead3@x.example', 'lead40@x.example')".to_owned(),
            "order by Company desc, id asc",
        ),
    ] {
        let straight = format!("select id from Leads where {condition} {order}");
        let around =
            format!("select id from Leads where ({condition} or Company = 'none') {order}");
        let found = |query: &str| -> Vec<u64> {
            let page = run::records(&small.world, &small.plan(query));
            page.items.iter().map(|record| record.id).collect()
        };
        assert!(!found(&straight).is_empty(), "{straight}");
        assert_eq!(found(&straight), found(&around), "{straight}");
    }
}
