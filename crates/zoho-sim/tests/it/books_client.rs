//! An independent client of Books, as it is installed, walks through a running simulator.

use std::path::{Path, PathBuf};

use zoho_sim::{Config, Limits};

use crate::official_sdk::{installed, run};
use crate::support::Wired;

const PACKAGE: &str = "zohopy==0.2.0";

const STEPS: [&str; 10] = [
    "organizations_and_users",
    "contacts",
    "items_in_pages",
    "estimates",
    "sales_orders",
    "invoices",
    "payments",
    "credit_notes",
    "accounts_expenses_and_settings",
    "errors",
];

/// A Python with the client, made once in the target folder.
fn python() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("books-client");
    let python = folder.join("bin/python");
    if run(&python, &["-c", "import zohopy"]).is_err() {
        run(
            Path::new("python3"),
            &["-m", "venv", &folder.to_string_lossy()],
        )?;
        let install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PACKAGE,
        ];
        run(&python, &install)?;
    }
    Ok(python)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_independent_client_walks_through_books() {
    let Some(python) = installed("Books client zohopy", "PyPI", python).await else {
        return;
    };
    let config = Config {
        limits: Some(Limits::off()),
        ..Config::default()
    };
    let wired = Wired::with(config).await;
    let url = wired.simulator.url();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/books_client.py");
    let walk = move || run(&python, &["-B", script, &url]);
    let ran = tokio::task::spawn_blocking(walk).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    let done: Vec<&str> = said
        .lines()
        .filter_map(|line| line.strip_prefix("done "))
        .collect();
    assert_eq!(done, STEPS);
}
