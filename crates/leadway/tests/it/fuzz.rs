//! A fuzzer of HTTP APIs, unmodified from its registry, sends what our own OpenAPI document allows and forbids.

use serde_json::{Value, json};

use crate::install::Client;
use crate::program::{run, text};
use crate::world::{TOKEN, World};

/// Operations on a connection and on all settings may take the connection away from others, which are done before them.
const CONNECTION: &str = r"^/api/v1/connections/\{name\}";
const SETTINGS: &str = r"^/api/v1/config$";

/// Names and values that are there, so that requests come further than to a 404.
fn furnished(document: &mut Value) {
    for operations in document["paths"].as_object_mut().unwrap().values_mut() {
        let operations = operations.as_object_mut().unwrap().values_mut();
        let parameters =
            operations.filter_map(|operation| operation.get_mut("parameters")?.as_array_mut());
        for parameter in parameters.flatten() {
            let known = match parameter["name"].as_str() {
                Some("connection" | "name") => "main",
                Some("route") => "lead-capture",
                _ => continue,
            };
            parameter["schema"] = json!({"type": "string", "enum": [known]});
        }
    }
    furnish_modules(document);
}

fn furnish_modules(part: &mut Value) {
    match part {
        Value::Object(members) => {
            let module = members
                .get_mut("properties")
                .and_then(|properties| properties.get_mut("module"));
            if let Some(module) = module {
                *module =
                    json!({"type": "string", "enum": ["Leads", "Contacts", "Deals", "Quotes"]});
            }
            members.values_mut().for_each(furnish_modules);
        }
        Value::Array(items) => items.iter_mut().for_each(furnish_modules),
        _ => {}
    }
}

#[tokio::test]
async fn no_request_that_the_document_allows_or_forbids_is_a_failure_of_ours() {
    let fuzzer = Client::python("schemathesis==4.32.5", "", &[])
        .installed()
        .await;
    let world = World::start().await;
    let document = reqwest::Client::new().get(format!("{}/openapi.json", world.url()));
    let mut document: Value = document.send().await.unwrap().json().await.unwrap();
    furnished(&mut document);
    let document = world.write("openapi.json", document.to_string());
    let passed = async |which: &[&str], examples: &str| {
        let mut command = fuzzer.command();
        command.args(["-m", "schemathesis.cli", "run", text(&document)]);
        command.args(["--url", &world.url()]);
        command.args(["--header", &format!("Authorization: Bearer {TOKEN}")]);
        command.args(["--checks", "not_a_server_error"]);
        command.args(["--phases", "coverage,fuzzing", "--max-examples", examples]);
        // Python 3.11 may fail to parse in several threads: "AST constructor recursion depth mismatch".
        command.args(["--generation-deterministic", "--workers", "1"]);
        command.args(["--suppress-health-check", "all"]);
        command.args(["--continue-on-failure", "--no-color"]);
        command.args(which);
        let said = run(command).await.ok().out;
        let passed: Option<u32> = said.lines().find_map(|line| {
            line.trim()
                .strip_suffix(" passed")?
                .split(", ")
                .nth(1)?
                .parse()
                .ok()
        });
        passed.unwrap_or_else(|| panic!("{said}"))
    };
    let both = ["--exclude-path-regex", &format!("{CONNECTION}|{SETTINGS}")];
    assert!(passed(&both, "2").await > 1_000);
    assert!(passed(&["--include-path-regex", CONNECTION], "5").await > 100);
    assert!(passed(&["--include-path-regex", SETTINGS], "5").await > 10);
}
