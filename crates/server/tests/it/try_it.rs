//! The console's *Actions*: a page for each action, which does it as the API does.

use leadway_engine::action::{Effect, Kind, catalog};
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;
use zoho_sim::Simulator;

use crate::console::{hidden, log_in, page};
use crate::world::{Answer, World};

async fn simulator() -> Simulator {
    Simulator::start(zoho_sim::Config::default()).await.unwrap()
}

/// Fields of a form with what is filled in.
type Filled = &'static [(&'static str, &'static str)];

/// Somebody who fills in forms.
struct Person {
    world: World,
    session: String,
}

impl Person {
    async fn with(simulator: &Simulator) -> Self {
        let world = World::with_zoho(simulator).await;
        let session = log_in(&world).await;
        Self { world, session }
    }

    async fn open(&self, path: &str) -> Answer {
        page(&self.world, &self.session, path).await
    }

    /// The hidden fields of an action's form.
    async fn form(&self, action: &str) -> Vec<(String, String)> {
        let form = self.open(&format!("/actions/{action}")).await;
        ["csrf", "form_key"]
            .map(|name| (name.to_owned(), hidden(&form, name)))
            .into()
    }

    /// Fills in the form of an action and presses *Run*.
    async fn run(&self, action: &str, fields: &[(&str, &str)]) -> Answer {
        let form = self.form(action).await;
        self.post(&format!("/actions/{action}"), &form, fields)
            .await
    }

    async fn post(&self, path: &str, form: &[(String, String)], fields: &[(&str, &str)]) -> Answer {
        let mut all = form.to_vec();
        for (name, value) in [("connection", "demo"), ("do", "run")].iter().chain(fields) {
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
        let request = self.world.request(Method::POST, path);
        self.world
            .send(request.header("cookie", &self.session).form(&all))
            .await
    }
}

/// What stands between two texts of a page.
fn between<'p>(page: &'p Answer, from: &str, to: &str) -> &'p str {
    let (_, rest) = page
        .text
        .split_once(from)
        .unwrap_or_else(|| panic!("no {from} in {}", page.text));
    rest.split_once(to).unwrap().0
}

/// What the page says of the input of this name.
fn input<'p>(page: &'p Answer, name: &str) -> &'p str {
    between(page, &format!("id=\"about-{name}\""), "</div>")
}

fn leads(simulator: &Simulator, last_name: &str) -> usize {
    let leads = simulator.records("Leads").unwrap();
    leads
        .iter()
        .filter(|lead| lead["Last_Name"] == last_name)
        .count()
}

#[tokio::test]
async fn every_action_has_a_page_with_a_field_for_each_input() {
    let simulator = simulator().await;
    let person = Person::with(&simulator).await;
    let before = simulator.journal().len();
    let list = person.open("/actions").await;
    for action in catalog() {
        let path = format!("/actions/{}", action.name);
        assert!(list.text.contains(&format!("href=\"{path}\"")), "{path}");
        let page = person.open(&path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text);
        for input in action.inputs {
            let field = match input.kind {
                Kind::Values | Kind::FieldValues => {
                    format!("name=\"input.{}.0.value\"", input.name)
                }
                Kind::Files => format!("name=\"input.{}.0.file\"", input.name),
                _ => format!("name=\"input.{}\"", input.name),
            };
            assert_eq!(page.text.matches(&field).count(), 1, "{path}: {field}");
        }
        let by_hand = action.input("method").is_some() || action.name == "crm.composite";
        let asks = action.effect == Effect::Destroys || by_hand;
        assert_eq!(page.text.contains("id=\"yes\""), asks, "{path}");
        assert!(!page.text.contains(" style=") && !page.text.contains("<script>"));
    }
    assert_eq!(
        simulator.journal().len(),
        before,
        "a page alone asks Zoho nothing"
    );
    let found = person.open("/actions?q=delete+note&connection=demo").await;
    assert!(
        found
            .text
            .contains("/actions/crm.delete_note?connection=demo")
    );
    assert!(!found.text.contains("/actions/crm.create_note"));
    let nothing = person.open("/actions?q=%3Cb%3Exyz").await;
    assert!(nothing.text.contains("No action") && !nothing.text.contains("<b>"));
    assert_eq!(person.open("/actions/crm.fly").await.status, 404);
    let stranger = person.world.get("/actions/crm.get_org").await;
    assert_eq!(stranger.status, 303);
}

#[tokio::test]
async fn a_form_does_what_the_api_does_and_once() {
    let simulator = simulator().await;
    let person = Person::with(&simulator).await;
    let form = person.form("crm.create_record").await;
    let fields = [
        ("input.module", "Leads"),
        ("input.values.0.name", "Last_Name"),
        ("input.values.0.value", "O'Neil <b>"),
        ("input.values.1.name", "Zip_Code"),
        ("input.values.1.value", "12345"),
        ("input.values.json", r#"{"Company": "Orchard"}"#),
    ];
    let path = "/actions/crm.create_record";
    let done = person.post(path, &form, &fields).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let answer = between(&done, "id=\"answer\"", "</section>");
    assert!(
        answer.contains("written") && answer.contains("1 credit"),
        "{answer}"
    );
    let leads_now = simulator.records("Leads").unwrap();
    let lead = leads_now
        .iter()
        .find(|lead| lead["Last_Name"] == "O'Neil <b>")
        .unwrap();
    assert_eq!(
        (&lead["Zip_Code"], &lead["Company"]),
        (&json!("12345"), &json!("Orchard"))
    );
    assert!(!done.text.contains("O'Neil <b>"), "what came is escaped");
    assert!(
        done.text.contains("value=\"O&#39;Neil &#60;b&#62;\""),
        "the form keeps what stood in it"
    );
    let curl = between(&done, "id=\"call-curl\"", "</pre>");
    assert!(
        curl.contains("$LEADWAY_ADMIN_TOKEN") && curl.contains("Zip_Code&#34;: &#34;12345"),
        "{curl}"
    );

    // A browser that sends the same page again does nothing again; another form, or another value, is another request.
    let again = person.post(path, &form, &fields).await;
    assert!(
        again.text.contains("This is the first answer again"),
        "{}",
        again.text
    );
    assert_eq!(leads(&simulator, "O'Neil <b>"), 1);
    let mut other = fields;
    other[2].1 = "Moss";
    assert_eq!(person.post(path, &form, &other).await.status, 200);
    assert_eq!(leads(&simulator, "Moss"), 1);
    assert_ne!(hidden(&done, "form_key"), form[1].1);
    assert_eq!(person.run("crm.create_record", &fields).await.status, 200);
    assert_eq!(leads(&simulator, "O'Neil <b>"), 2);
}

#[tokio::test]
async fn what_is_refused_is_said_beside_its_field() {
    let simulator = simulator().await;
    let person = Person::with(&simulator).await;
    let cases: [(&str, Filled, &str, &str); 6] = [
        (
            "crm.create_record",
            &[
                ("input.module", "Leads"),
                ("input.values.0.name", "Company"),
                ("input.values.0.value", "Orchard"),
            ],
            "values",
            "Last_Name is mandatory",
        ),
        (
            "crm.create_record",
            &[
                ("input.module", "Leads"),
                ("input.dynamic_fields.0.name", "Last_Nam"),
                ("input.dynamic_fields.0.value", "Ray"),
            ],
            "dynamic_fields",
            "has no field",
        ),
        (
            "crm.create_record",
            &[("input.module", "Leads"), ("input.values.json", "{\"a\":")],
            "values",
            "cannot be read as JSON",
        ),
        (
            "crm.get_record",
            &[("input.module", "Leads")],
            "record_id",
            "record_id is missing",
        ),
        (
            "crm.list_records",
            &[("input.module", "Leads"), ("input.per_page", "900")],
            "per_page",
            "1 to 200",
        ),
        (
            "books.get_record",
            &[("input.record_type", "invoise"), ("input.record_id", "1")],
            "record_type",
            "invoice",
        ),
    ];
    for (action, fields, name, said) in cases {
        let refused = person.run(action, fields).await;
        assert_eq!(refused.status, 422, "{action} {fields:?}: {}", refused.text);
        let beside = input(&refused, name);
        assert!(
            beside.contains("class=\"refused\"") && beside.contains(said),
            "{action} {fields:?}: {beside}\n{}",
            between(&refused, "id=\"answer\"", "</section>")
        );
    }
    let gone = person
        .run(
            "crm.get_record",
            &[("input.module", "Leads"), ("input.record_id", "4711")],
        )
        .await;
    assert_eq!(gone.status, 404);
    assert!(input(&gone, "record_id").contains("class=\"refused\""));
    let nobody = person.run("crm.get_org", &[("connection", "nobody")]).await;
    assert_eq!(
        nobody.status, 200,
        "the first of a name counts: {}",
        nobody.text
    );
}

#[tokio::test]
async fn what_cannot_be_taken_back_asks_first() {
    let simulator = simulator().await;
    let person = Person::with(&simulator).await;
    let lead = [
        ("input.module", "Leads"),
        ("input.values.0.name", "Last_Name"),
        ("input.values.0.value", "Ray"),
    ];
    assert_eq!(person.run("crm.create_record", &lead).await.status, 200);
    let id = simulator.records("Leads").unwrap()[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let delete = [("input.module", "Leads"), ("input.record_id", id.as_str())];
    let by_hand = [("input.method", "DELETE"), ("input.path", "/Leads/4711")];
    for (action, fields) in [("crm.delete_record", delete), ("crm.request", by_hand)] {
        let asked = person.run(action, &fields).await;
        assert_eq!(asked.status, 422, "{}", asked.text);
        let confirm = between(&asked, "id=\"yes\"", "</div>");
        assert!(
            confirm.contains("cannot be taken back, and was not confirmed"),
            "{confirm}"
        );
        assert!(between(&asked, "id=\"call-command\"", "</pre>").contains("--yes"));
    }
    assert_eq!(leads(&simulator, "Ray"), 1);
    let yes = [delete[0], delete[1], ("yes", "yes")];
    assert_eq!(person.run("crm.delete_record", &yes).await.status, 200);
    assert_eq!(leads(&simulator, "Ray"), 0);
}

#[tokio::test]
async fn files_go_in_and_come_out() {
    let simulator = simulator().await;
    let person = Person::with(&simulator).await;
    let form = person.form("crm.upload_file").await;
    let send = async |action: &str, file: &str, more: &[(&str, &str)]| {
        let mut body = Form::new();
        for (name, value) in &form {
            body = body.text(name.clone(), value.clone());
        }
        body = body.text("connection", "demo").text("do", "run");
        for (name, value) in more {
            body = body.text((*name).to_owned(), (*value).to_owned());
        }
        let content = Part::bytes(b"two desks".to_vec()).file_name("order.txt");
        body = body.part(file.to_owned(), content);
        // As browsers do where no file was chosen.
        body = body.part(
            "input.file_data.1.file",
            Part::bytes(Vec::new()).file_name(""),
        );
        let request = person
            .world
            .request(Method::POST, &format!("/actions/{action}"))
            .header("cookie", &person.session);
        person.world.send(request.multipart(body)).await
    };
    let uploaded = send("crm.upload_file", "input.file", &[]).await;
    assert_eq!(uploaded.status, 200, "{}", uploaded.text);
    let curl = between(&uploaded, "id=\"call-curl\"", "</pre>");
    assert!(curl.contains("-F file=@order.txt"), "{curl}");
    let id = between(&uploaded, "&#34;id&#34;: &#34;", "&#34;").to_owned();
    let file = person
        .run("crm.download_file", &[("input.file_id", &id)])
        .await;
    assert_eq!((file.status, file.text.as_str()), (200, "two desks"));
    assert!(
        file.header("content-disposition")
            .starts_with("attachment;")
    );
    assert_eq!(file.header("content-security-policy"), "sandbox");
    assert_eq!(file.header("leadway-credits"), "1");

    let raw = [
        ("input.method", "POST"),
        ("input.path", "/files"),
        ("input.file_data.0.name", "file"),
    ];
    let raw = send("crm.request", "input.file_data.0.file", &raw).await;
    assert!(
        raw.status == 200 && raw.text.contains("order.txt"),
        "{}",
        raw.text
    );
    let command = between(&raw, "id=\"call-command\"", "</pre>");
    assert!(command.contains("--file-data file=order.txt"), "{command}");

    // Two rows of one name are two files.
    let body = [
        ("connection", "demo"),
        ("do", "run"),
        ("input.method", "POST"),
    ];
    let rows = [
        ("input.path", "/files"),
        ("input.file_data.0.name", "file"),
        ("input.file_data.1.name", "file"),
    ];
    let mut both = Form::new();
    for (name, value) in &form {
        both = both.text(name.clone(), value.clone());
    }
    for (name, value) in body.into_iter().chain(rows) {
        both = both.text(name, value);
    }
    for (field, name) in [
        ("input.file_data.0.file", "one.txt"),
        ("input.file_data.1.file", "two.txt"),
    ] {
        both = both.part(field, Part::bytes(b"desk".to_vec()).file_name(name));
    }
    let request = person
        .world
        .request(Method::POST, "/actions/crm.request")
        .header("cookie", &person.session);
    let sent = person.world.send(request.multipart(both)).await;
    let answer = between(&sent, "id=\"answer\"", "</pre>");
    assert!(
        answer.contains("one.txt") && answer.contains("two.txt"),
        "{}",
        sent.text
    );
    let command = between(&sent, "id=\"call-command\"", "</pre>");
    let options: Vec<_> = command.matches("--file-data file=").collect();
    assert_eq!(options.len(), 2, "{command}");
}

#[tokio::test]
async fn a_stream_is_shown_up_to_a_bound() {
    let simulator = simulator().await;
    let person = Person::with(&simulator).await;
    let records: Vec<_> = (0..100)
        .map(|number| json!({"Last_Name": format!("Ray {number}")}))
        .collect();
    for _ in 0..3 {
        let inputs = json!({"module": "Leads", "records": records});
        let path = "connections/demo/actions/crm.create_records";
        let made = person.world.api(Method::POST, path, Some(inputs)).await;
        assert_eq!(made.status, 200, "{}", made.text);
    }
    let fields = [
        ("input.module", "Leads"),
        ("input.fields", "Last_Name"),
        ("input.fetch_all", "true"),
    ];
    let shown = person.run("crm.list_records", &fields).await;
    let answer = between(&shown, "id=\"answer\"", "</section>");
    assert!(answer.contains("100 rows shown · 1 credit"), "{answer}");
    assert_eq!(answer.matches("Ray ").count(), 100);
}

#[tokio::test]
async fn a_form_without_its_token_does_nothing() {
    let simulator = simulator().await;
    let person = Person::with(&simulator).await;
    let path = "/actions/crm.create_record";
    let fields = [
        ("input.module", "Leads"),
        ("input.values.0.name", "Last_Name"),
        ("input.values.0.value", "Forged"),
    ];
    let forged = [("csrf".to_owned(), "wrong".to_owned())];
    for form in [&forged[..], &[]] {
        assert_eq!(person.post(path, form, &fields).await.status, 403);
        assert_eq!(
            person
                .post(&format!("{path}/call"), form, &fields)
                .await
                .status,
            403
        );
    }
    let token = person.form("crm.upload_file").await[0].1.clone();
    let file = || Part::bytes(b"forged".to_vec()).file_name("forged.txt");
    for form in [
        Form::new(),
        Form::new().part("input.file", file()),
        Form::new()
            .part("input.file", file())
            .text("csrf", token.clone()),
        Form::new()
            .text("csrf", "wrong")
            .part("input.file", file())
            .text("do", "run"),
    ] {
        let request = person
            .world
            .request(Method::POST, "/actions/crm.upload_file");
        let request = request.header("cookie", &person.session).multipart(form);
        let refused = person.world.send(request).await;
        assert_ne!(refused.status, 200, "{}", refused.text);
        assert!(!refused.text.contains("SUCCESS"), "{}", refused.text);
    }
    assert_eq!(leads(&simulator, "Forged"), 0);
    let spooled = std::fs::read_dir(person.world.engine.spool_dir());
    assert_eq!(
        spooled.map_or(0, Iterator::count),
        0,
        "no stranger's file stays"
    );
}

#[tokio::test]
async fn names_are_offered_from_what_the_organisation_has() {
    let simulator = simulator().await;
    let person = Person::with(&simulator).await;
    let open = async |action: &str, query: &str| {
        person
            .open(&format!("/actions/{action}/offers?{query}"))
            .await
    };
    let modules = open("crm.create_record", "connection=demo").await;
    assert!(
        modules
            .text
            .contains("<option value=\"Leads\">Leads</option>"),
        "{}",
        modules.text
    );
    let fields = open("crm.create_record", "connection=demo&input.module=Leads").await;
    assert!(
        fields
            .text
            .contains("<option value=\"Last_Name\">Last Name (text)</option>"),
        "{}",
        fields.text
    );
    assert!(between(&fields, "id=\"values-Lead_Source\"", "</datalist>").contains("Cold Call"));
    open("crm.list_records", "connection=demo&input.module=Leads").await;
    let asked = simulator.journal();
    let asked = asked.iter().filter(|call| {
        let path = call["path"].as_str().unwrap();
        path.contains("/settings/")
    });
    assert_eq!(asked.count(), 2, "each was asked for once");

    let trouble = open("crm.create_record", "connection=demo&input.module=Leeds").await;
    assert!(
        trouble
            .text
            .contains("the organisation has no module Leeds")
    );
    let nobody = open("crm.create_record", "connection=nobody").await;
    assert!(nobody.text.contains("there is no connection"));
    let books = open(
        "books.list_records",
        "connection=demo&input.record_type=invoice",
    )
    .await;
    for (list, name) in [
        ("record_types", "retainer_invoice"),
        ("search_fields", "customer_id"),
        ("sort_columns", "due_date"),
    ] {
        let list = between(&books, &format!("id=\"offer-{list}\""), "</datalist>");
        assert!(list.contains(&format!("\"{name}\"")), "{list}");
    }
    // Without scripts, a button asks for the same.
    let form = person.form("crm.create_record").await;
    let fields = [
        ("do", "show"),
        ("connection", "demo"),
        ("input.module", "Leads"),
    ];
    let request = person
        .world
        .request(Method::POST, "/actions/crm.create_record");
    let all: Vec<(String, String)> = form
        .into_iter()
        .chain(fields.map(|(name, value)| (name.to_owned(), value.to_owned())))
        .collect();
    let shown = person
        .world
        .send(request.header("cookie", &person.session).form(&all))
        .await;
    assert!(shown.text.contains("values-Lead_Source") && !shown.text.contains("id=\"answer\""));
}

#[tokio::test]
async fn a_hundred_large_records_fit_into_a_form_and_its_call() {
    let simulator = simulator().await;
    let person = Person::with(&simulator).await;
    let record = json!({"Last_Name": "Ray", "Description": "x".repeat(10_000)});
    let records = serde_json::Value::from(vec![record; 100]).to_string();
    let form = person.form("crm.create_records").await;
    let fields = [
        ("input.module", "Leads"),
        ("input.records", records.as_str()),
    ];
    let path = "/actions/crm.create_records";
    let call = person.post(&format!("{path}/call"), &form, &fields).await;
    assert!(
        call.status == 200 && call.text.len() > 2_000_000,
        "{}",
        call.status
    );
    let done = person.post(path, &form, &fields).await;
    assert_eq!(
        done.status,
        200,
        "{}",
        between(&done, "id=\"answer\"", "</section>")
    );
    assert_eq!(leads(&simulator, "Ray"), 100);
}
