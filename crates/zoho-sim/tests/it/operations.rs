//! Sends a request for every operation of every OpenAPI file, built from what the file says of it, and demands an answer below
//! 500 that fits the file.
//!
//! `operations/missing.txt` lists the operations that are not built. It must be true: after building some, run
//! `cargo nextest run -p zoho-sim -E 'test(operations)'`, and take over the list that the failure names.

mod known;
mod request;
mod sample;

use std::collections::BTreeSet;
use std::path::Path;

use reqwest::Method;

use crate::oas::{OPERATIONS, Operation, problems};
pub(crate) use known::Known;
pub(crate) use request::{PNG, Request};

/// What stands for a path, method, module or related list that does not exist, or for an area that is not built.
const UNKNOWN: [&str; 5] = [
    "FEATURE_NOT_ENABLED",
    "INVALID_URL_PATTERN",
    "INVALID_REQUEST_METHOD",
    "INVALID_MODULE",
    NO_SUCH_LIST,
];
const NO_SUCH_LIST: &str = "no such related list";

/// What one operation gave: `(status, code)` for each way to ask.
#[derive(Debug)]
struct Outcome {
    operation: &'static Operation,
    answers: Vec<(u16, String)>,
    faults: Vec<String>,
}

impl Outcome {
    fn line(&self) -> String {
        format!("{} {}", self.operation.method, self.operation.template)
    }

    /// Not built: the path, the method or the module of this name is unknown.
    fn is_missing(&self) -> bool {
        self.answers
            .iter()
            .all(|(_, code)| UNKNOWN.contains(&code.as_str()))
    }
}

async fn ask(known: &mut Known, operation: &'static Operation) -> Outcome {
    let mut outcome = Outcome {
        operation,
        answers: Vec::new(),
        faults: Vec::new(),
    };
    for is_full in [false, true] {
        let request = Request::of(operation, known, is_full).await;
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
        let got = match request.send(&known.wired, &method).await {
            Ok(got) => got,
            Err(error) => {
                outcome
                    .faults
                    .push(format!("{}: no answer: {error}", outcome.line()));
                continue;
            }
        };
        let status = got.status.as_u16();
        let is_unknown_list = got.text.contains("the relation name given");
        let code = if is_unknown_list {
            NO_SUCH_LIST.to_owned()
        } else {
            got.code()
        };
        let mut wrong = problems(&method, &request.path, status, &got.text);
        if status >= 500 {
            wrong.push("a fault of the server".to_owned());
        }
        if !wrong.is_empty() {
            let (line, path, text) = (outcome.line(), &request.path, &got.text);
            let text: String = text.chars().take(600).collect();
            let body = request.shown();
            outcome.faults.push(format!(
                "{line} asked as {path} {body} gave {status}:\n  {}\n  {text}",
                wrong.join("\n  ")
            ));
        }
        if (400..500).contains(&status) && !UNKNOWN.contains(&code.as_str()) {
            let (line, body) = (outcome.line(), request.shown());
            println!("refused: {line} as {} {body}: {}", request.path, got.text);
        }
        outcome.answers.push((status, code));
    }
    outcome
}

/// All operations, file by file, each file in a fresh world, reads before writes and deletes last. What is changed and deleted is
/// what was made before.
async fn walk() -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    let files: BTreeSet<&str> = OPERATIONS
        .iter()
        .map(|operation| operation.file.as_str())
        .collect();
    let mut last = None;
    for file in files {
        let mut known = Known::start(last.take()).await;
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            known.look_again();
            for operation in OPERATIONS
                .iter()
                .filter(|operation| operation.file == file && operation.method == method)
            {
                outcomes.push(ask(&mut known, operation).await);
            }
        }
        last = Some(known);
    }
    outcomes
}

#[tokio::test]
async fn every_published_operation_is_answered_as_its_file_says() {
    let outcomes = walk().await;
    for outcome in &outcomes {
        println!("{:<90} {:?}", outcome.line(), outcome.answers);
    }
    let faults: Vec<&str> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.faults)
        .map(String::as_str)
        .collect();
    assert!(
        faults.is_empty(),
        "{} faults:\n{}",
        faults.len(),
        faults.join("\n")
    );

    let missing: BTreeSet<String> = outcomes
        .iter()
        .filter(|outcome| outcome.is_missing())
        .map(Outcome::line)
        .collect();
    let listed: BTreeSet<String> = include_str!("operations/missing.txt")
        .lines()
        .map(str::to_owned)
        .collect();
    if missing != listed {
        let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("missing.txt");
        let lines: String = missing.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(&new, lines).unwrap();
        panic!(
            "operations/missing.txt is not true any more.\nnow built: {:#?}\nnow missing: {:#?}\nif that is meant: cp {} {}",
            listed.difference(&missing).collect::<Vec<_>>(),
            missing.difference(&listed).collect::<Vec<_>>(),
            new.display(),
            concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/it/operations/missing.txt"
            ),
        );
    }
}
