//! The program itself: it says where it listens, serves, and stops by the signal of Ctrl-C.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The running program; dropping it ends it.
pub(crate) struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub(crate) url: String,
}

impl Program {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_zoho-sim"))
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let url = first.split_whitespace().last().unwrap().to_owned();
        Self { child, lines, url }
    }

    /// What it says about itself after its address.
    fn introduction(&mut self) -> Vec<String> {
        let lines = self.lines.by_ref().map_while(Result::ok);
        lines
            .take_while(|line| !line.starts_with("Ctrl-C"))
            .collect()
    }

    /// Presses Ctrl-C and waits until it has ended well.
    pub(crate) fn stop(&mut self) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_program_serves_and_stops_cleanly() {
    let mut program = Program::start(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--seed",
        "demo",
        "--edition",
        "free",
        "--data-center",
        "eu",
    ]);
    let request = reqwest::Client::new().get(format!("{}/__sim/v1/health", program.url));
    let health = crate::support::got(request.send().await.unwrap())
        .await
        .json();
    assert_eq!(
        (health["edition"].as_str(), health["data_center"].as_str()),
        (Some("free"), Some("eu"))
    );
    let rest = program.introduction();
    assert!(
        rest.iter()
            .any(|line| line.contains("1000.leadway-demo-refresh")),
        "{rest:?}"
    );
    program.stop();
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

#[tokio::test]
async fn the_program_plays_several_data_centers_over_https() {
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("certificate-{}.pem", std::process::id()));
    let mut child = Command::new(env!("CARGO_BIN_EXE_zoho-sim"))
        .args([
            "--data-center",
            "in=127.0.0.1:0",
            "--data-center",
            "eu=127.0.0.1:0",
        ])
        .args([
            "--data-center",
            "uk=uk.localhost:0",
            "--seed",
            "eu=demo",
            "--tls-cert-out",
        ])
        .arg(&file)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said: Vec<String> = lines
        .map_while(Result::ok)
        .take_while(|line| !line.starts_with("Ctrl-C"))
        .collect();
    let url_of = |start: &str| {
        let line = said.iter().find(|line| line.trim().starts_with(start));
        line.and_then(|line| line.split_whitespace().last())
            .unwrap()
            .to_owned()
    };
    let authority = std::fs::read(&file).unwrap();
    let http = reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(&authority).unwrap()])
        .resolve("uk.localhost", "127.0.0.1:0".parse().unwrap())
        .build()
        .unwrap();
    for (start, name, organisation) in [
        ("Zoho is", "in", "LeadwayDemo"),
        ("data center eu", "eu", "LeadwayDemo"),
        ("data center uk", "uk", "Elsewhere UK"),
    ] {
        let request = http.get(format!("{}/__sim/v1/health", url_of(start)));
        let health = crate::support::got(request.send().await.unwrap())
            .await
            .json();
        assert_eq!(
            (
                health["data_center"].as_str(),
                health["organisation"].as_str()
            ),
            (Some(name), Some(organisation))
        );
    }
    std::fs::remove_file(&file).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn wrong_data_centers_are_explained() {
    for (arguments, words) in [
        (
            vec!["--data-center", "mars"],
            "us, eu, in, au, jp, cn, ca, sa, uk or ae",
        ),
        (vec!["--data-center", "eu=8080"], "eu=127.0.0.1:8080"),
        (
            vec![
                "--data-center",
                "eu=127.0.0.1:0",
                "--data-center",
                "eu=127.0.0.1:0",
            ],
            "name each once",
        ),
        (
            vec!["--seed", "eu=empty"],
            "the data center eu is not played",
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
