//! The program itself: it says where it listens, serves, and stops by the signal of Ctrl-C.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[tokio::test]
async fn the_program_serves_and_stops_cleanly() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_zoho-sim"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--seed",
            "demo",
            "--edition",
            "free",
            "--data-center",
            "eu",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let url = first.split_whitespace().last().unwrap().to_owned();
    let request = reqwest::Client::new().get(format!("{url}/__sim/v1/health"));
    let health = crate::support::got(request.send().await.unwrap())
        .await
        .json();
    assert_eq!(
        (health["edition"].as_str(), health["data_center"].as_str()),
        (Some("free"), Some("eu"))
    );
    let rest: Vec<String> = lines
        .by_ref()
        .map_while(Result::ok)
        .take_while(|line| !line.starts_with("Ctrl-C"))
        .collect();
    assert!(
        rest.iter()
            .any(|line| line.contains("1000.leadway-demo-refresh")),
        "{rest:?}"
    );
    assert!(
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    assert!(child.wait().unwrap().success());
}

#[test]
fn wrong_arguments_are_explained() {
    for (arguments, words) in [
        (
            ["serve", "--edition", "gold"],
            "use free, standard, professional, enterprise or ultimate",
        ),
        (
            ["serve", "--seed", "/nowhere.json"],
            "use demo, empty or a JSON file",
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_zoho-sim"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(!output.status.success());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{said}");
    }
}
