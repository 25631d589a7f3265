//! The official Python and Node SDKs, unmodified, walk through a running simulator.
//!
//! `official_sdk/missing.txt` lists the steps whose endpoints are not built. It must be true: a step that works is taken off.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use zoho_sim::{Config, Limits};

use crate::support::Wired;

const PYTHON_PACKAGE: &str = "zohocrmsdk8_0==7.0.0";
const NODE_PACKAGE: &str = "@zohocrm/nodejs-sdk-8.0";
const NODE_VERSION: &str = "2.0.0";

pub(crate) fn run(program: &Path, arguments: &[&str]) -> Result<Output, String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("{}: {error}", program.display()))?;
    if output.status.success() {
        return Ok(output);
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(format!(
        "{} {arguments:?}: {}\n{}",
        program.display(),
        text(&output.stdout),
        text(&output.stderr)
    ))
}

/// A Python with the SDK, made once in the target folder.
fn python() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("official-sdk");
    let python = folder.join("bin/python");
    if run(&python, &["-c", "import zohocrmsdk"]).is_err() {
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
        ];
        run(&python, &[&install[..], &[PYTHON_PACKAGE]].concat())?;
    }
    Ok(python)
}

/// The folder of the Node SDK, installed once in the target folder.
fn node() -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("official-node-sdk");
    let sdk = folder.join("node_modules").join(NODE_PACKAGE);
    if !sdk.join("lib/index.js").exists() {
        std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let (prefix, package) = (
            folder.to_string_lossy(),
            format!("{NODE_PACKAGE}@{NODE_VERSION}"),
        );
        let install = [
            "install",
            "--silent",
            "--no-save",
            "--prefix",
            &prefix,
            &package,
        ];
        run(Path::new("npm"), &install)?;
    }
    run(Path::new("node"), &["--version"])?;
    Ok(sdk)
}

/// What a client needs, or `None` after saying why there is none. In CI there must be one. `.config/nextest.toml` has the runner
/// show what is said, though the test passes.
pub(crate) async fn installed(
    client: &str,
    registry: &str,
    install: fn() -> Result<PathBuf, String>,
) -> Option<PathBuf> {
    match tokio::task::spawn_blocking(install).await.unwrap() {
        Ok(place) => Some(place),
        Err(reason) => {
            #[expect(
                clippy::disallowed_methods,
                reason = "a skipped test must not pass for a run one in CI"
            )]
            let is_ci = std::env::var("CI").is_ok();
            let skipped = skipped(client, registry, &reason);
            assert!(!is_ci, "{skipped}");
            eprintln!("{skipped}");
            None
        }
    }
}

fn skipped(client: &str, registry: &str, reason: &str) -> String {
    format!(
        "SKIPPED: the walk of the {client}, which cannot be installed.\n\
         Why: {reason}\n\
         To run it: once, with {registry} in reach, `cargo nextest run -p zoho-sim -E 'test(official_sdk) or test(books_client)'`. \
         It stays in the target folder. With CI=1 a walk that cannot run fails."
    )
}

#[test]
fn a_walk_that_is_left_out_says_which_why_and_how_to_run_it() {
    let reason = run(Path::new("/nowhere/python3"), &[]).unwrap_err();
    let said = skipped("official Python SDK", "PyPI", &reason);
    for part in [
        "SKIPPED",
        "Python SDK",
        "/nowhere/python3",
        "PyPI",
        "cargo nextest run",
    ] {
        assert!(said.contains(part), "{part} in {said}");
    }
}

#[test]
fn the_runner_shows_what_these_tests_say() {
    let config = include_str!("../../../../.config/nextest.toml");
    let module = module_path!().trim_start_matches("it::");
    assert!(config.contains(&format!("test(/^{module}::/)")), "{config}");
    assert!(config.contains("success-output = \"final\""), "{config}");
}

/// Runs a walk in a new world and compares the steps that it found missing with the list. `command` gives program and arguments,
/// from the address and a folder for the SDK's files.
async fn walk(client: &'static str, command: impl FnOnce(&str, &str) -> (PathBuf, Vec<String>)) {
    let config = Config {
        limits: Some(Limits::off()),
        ..Config::default()
    };
    let wired = Wired::with(config).await;
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("official-sdk-run-{client}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (program, arguments) = command(&wired.simulator.url(), &folder.to_string_lossy());
    let ran = tokio::task::spawn_blocking(move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        run(&program, &arguments)
    })
    .await
    .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let said = String::from_utf8_lossy(&ran.unwrap().stdout).into_owned();
    let steps = |state: &str| -> BTreeSet<String> {
        let start = format!("{state} ");
        let names = said.lines().filter_map(|line| line.strip_prefix(&start));
        names.map(|name| format!("{client} {name}")).collect()
    };
    let (done, missing) = (steps("done"), steps("missing"));
    assert!(
        done.contains(&format!(
            "{client} create_upsert_update_get_list_search_and_delete"
        )),
        "{said}"
    );
    let listed: BTreeSet<String> = include_str!("official_sdk/missing.txt")
        .lines()
        .filter(|line| line.starts_with(client))
        .map(str::to_owned)
        .collect();
    assert!(
        missing == listed,
        "official_sdk/missing.txt is not true any more.\ntake off: {:#?}\nput on: {:#?}",
        listed.difference(&missing).collect::<Vec<_>>(),
        missing.difference(&listed).collect::<Vec<_>>(),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_sdk_walks_through_all_that_it_has_calls_for() {
    let Some(python) = installed("official Python SDK", "PyPI", python).await else {
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/official_sdk.py");
    walk("python", |url, folder| {
        let arguments = ["-B", script, url, folder].map(str::to_owned);
        (python, arguments.to_vec())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_sdk_walks_through_all_that_matters() {
    let Some(sdk) = installed("official Node SDK", "npm", node).await else {
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/node/official_sdk.mjs");
    walk("node", |url, folder| {
        let arguments = [script, url, folder, &sdk.to_string_lossy()].map(str::to_owned);
        (PathBuf::from("node"), arguments.to_vec())
    })
    .await;
}
