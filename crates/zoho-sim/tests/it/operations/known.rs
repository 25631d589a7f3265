//! A world with a record in every module that the operations need, and ids of things in it by the path that lists them.

use std::collections::HashMap;

use serde_json::{Value, json};
use zoho_sim::{Config, Limits};

use crate::support::Wired;

/// Well-formed, and of nothing.
pub(super) const NOTHING: &str = "5725767000009999999";

/// What bodies refer to, and the path that lists it.
pub(super) const SETTINGS: [(&str, &str); 7] = [
    ("user", "/crm/v8/users"),
    ("module", "/crm/v8/settings/modules"),
    ("layout", "/crm/v8/settings/layouts"),
    ("field", "/crm/v8/settings/fields"),
    ("profile", "/crm/v8/settings/profiles"),
    ("role", "/crm/v8/settings/roles"),
    ("pipeline", "/crm/v8/settings/pipeline"),
];

pub(crate) struct Known {
    pub(crate) wired: Wired,
    records: HashMap<&'static str, String>,
    first_ids: HashMap<String, Option<Value>>,
}

impl Known {
    /// A new world. Ids follow from the seed, so what the last one has learnt of its settings holds here too.
    pub(crate) async fn start(last: Option<Self>) -> Self {
        let config = Config {
            limits: Some(Limits::off()),
            ..Config::default()
        };
        let learnt = |path: &String| SETTINGS.iter().any(|(_, settings)| settings == path);
        let mut first_ids = last.map(|last| last.first_ids).unwrap_or_default();
        first_ids.retain(|path, _| learnt(path));
        let mut known = Self {
            wired: Wired::with(config).await,
            records: HashMap::new(),
            first_ids,
        };
        for module in [
            "Leads", "Accounts", "Contacts", "Deals", "Products", "Quotes", "Events", "Notes",
        ] {
            known.add(module).await;
        }
        known
    }

    /// The world of a snapshot, in which the same things are known; its token lives there.
    pub(crate) fn restore(&mut self, snapshot: &[u8], token: &str) {
        self.wired.simulator.restore(snapshot).unwrap();
        token.clone_into(&mut self.wired.token);
    }

    /// Looks again for what paths list, as things were made there since.
    pub(crate) fn look_again(&mut self) {
        self.first_ids
            .retain(|path, _| SETTINGS.iter().any(|(_, settings)| settings == path));
    }

    async fn add(&mut self, module: &'static str) {
        let row = self.record_of(module);
        let path = format!("/__sim/v1/records/{module}");
        let got = self.wired.post(&path, &row).await;
        if got.status == 201 {
            let id = got.json()["id"].as_str().unwrap().to_owned();
            self.records.insert(module, id);
        }
    }

    /// Id of a record of a module.
    pub(super) fn record(&self, module: &str) -> String {
        self.records
            .get(module)
            .cloned()
            .unwrap_or_else(|| NOTHING.to_owned())
    }

    /// A record that its module takes.
    pub(super) fn record_of(&self, module: &str) -> Value {
        let lookup = |module: &str| json!({"id": self.record(module)});
        match module {
            "Leads" => {
                json!({"Last_Name": "Blake", "Company": "Orchard Ltd", "Email": "blake@orchard.example"})
            }
            "Contacts" => json!({"Last_Name": "Blake", "Email": "blake@orchard.example"}),
            "Accounts" => json!({"Account_Name": "Orchard Ltd"}),
            "Deals" => {
                json!({"Deal_Name": "Annual plan", "Stage": "Qualification", "Closing_Date": "2027-03-31"})
            }
            "Products" => json!({"Product_Name": "Press"}),
            "Quotes" => json!({
                "Subject": "For the orchard",
                "Account_Name": lookup("Accounts"),
                "Quoted_Items": [{"Product_Name": lookup("Products"), "Quantity": 1, "List_Price": 10}],
            }),
            "Events" => json!({
                "Event_Title": "Visit",
                "Start_DateTime": "2027-03-31T10:00:00+05:30",
                "End_DateTime": "2027-03-31T11:00:00+05:30",
            }),
            "Notes" => json!({
                "Note_Title": "Seen",
                "Note_Content": "at the fair",
                "Parent_Id": {"module": {"api_name": "Leads"}, "id": self.record("Leads")},
            }),
            _ => json!({"Name": "Sample"}),
        }
    }

    /// The first thing that a path lists.
    async fn first(&mut self, path: &str) -> Value {
        if let Some(first) = self.first_ids.get(path) {
            return first.clone().unwrap_or_default();
        }
        let query = "?module=Leads&fields=id&type=AllUsers";
        let got = self.wired.get(&format!("{path}{query}")).await;
        let first = (got.status == 200).then(|| {
            let body: Value = serde_json::from_str(&got.text).unwrap_or_default();
            let lists = body.as_object().into_iter().flatten();
            lists
                .filter_map(|(_, value)| value.as_array()?.first().cloned())
                .next()
                .unwrap_or_default()
        });
        self.first_ids.insert(path.to_owned(), first.clone());
        first.unwrap_or_default()
    }

    /// Id of the first thing that a path lists.
    pub(super) async fn id_at(&mut self, path: &str) -> String {
        self.text_at(path, "id")
            .await
            .unwrap_or_else(|| NOTHING.to_owned())
    }

    pub(super) async fn text_at(&mut self, path: &str, key: &str) -> Option<String> {
        self.first(path).await[key].as_str().map(str::to_owned)
    }
}
