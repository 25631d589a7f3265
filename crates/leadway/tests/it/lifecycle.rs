//! Starting and stopping.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Child;

use crate::program::{command, end_of, run, signal, text};
use crate::world::World;

/// Starts a demo on free ports and reads what it prints, up to the last line of the greeting.
pub(crate) fn start_demo(arguments: &[&str]) -> (Child, String) {
    let free = [
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--sim-listen",
        "127.0.0.1:0",
    ];
    let mut demo = command(&[&free[..], arguments].concat()).spawn().unwrap();
    let mut greeting = String::new();
    let mut out = BufReader::new(demo.stdout.take().unwrap());
    while !greeting.contains("Ctrl-C stops it") {
        assert_ne!(
            out.read_line(&mut greeting).unwrap(),
            0,
            "the demo ended: {}",
            said(&mut demo)
        );
    }
    (demo, greeting)
}

fn said(child: &mut Child) -> String {
    let mut text = String::new();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

pub(crate) fn line_after<'a>(greeting: &'a str, label: &str) -> &'a str {
    let line = greeting
        .lines()
        .find(|line| line.trim_start().starts_with(label))
        .unwrap();
    line.trim_start()[label.len()..].trim()
}

#[cfg(unix)]
#[tokio::test]
async fn the_demo_works_as_it_says_and_ctrl_c_ends_it_cleanly() {
    let (demo, greeting) = start_demo(&[]);
    let client = reqwest::Client::new();
    let console = line_after(&greeting, "Console");
    let form = client
        .get(line_after(&greeting, "Lead form"))
        .send()
        .await
        .unwrap();
    assert_eq!(form.status(), 200);
    let answer = client
        .post(format!("{console}v1/identify"))
        .basic_auth(line_after(&greeting, "Write key"), Some(""))
        .body(r#"{"messageId":"m","traits":{"last_name":"Ray","email":"ada@example.com","company":"Example"}}"#)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let leads = format!(
        "{}v1/records/Leads",
        line_after(&greeting, "Simulated Zoho")
    );
    crate::program::until("the lead is in the simulated Zoho", async || {
        let text = client
            .get(&leads)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        text.contains("ada@example.com").then_some(())
    })
    .await;

    signal("INT", &demo);
    let ended = end_of(demo).await;
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(
        ended.err.contains("Stopping") && ended.err.contains("The temporary data is removed."),
        "{}",
        ended.err
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_demo_can_keep_its_data() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let (demo, _) = start_demo(&["--data-dir", text(folder.path())]);
        signal("TERM", &demo);
        let ended = end_of(demo).await;
        assert_eq!(ended.code, Some(0), "{}", ended.err);
        assert!(ended.err.contains("The data is in"), "{}", ended.err);
    }
    assert!(folder.path().join("leadway.db").exists());
}

#[tokio::test]
async fn a_taken_port_is_explained() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let ended = run(command(&[
        "serve",
        "--listen",
        &address,
        "--data-dir",
        text(&data),
    ]))
    .await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.err.contains("another program uses it") && ended.err.contains("--listen"),
        "{}",
        ended.err
    );
    assert!(!data.exists(), "a start that fails leaves nothing behind");
    let ended = run(command(&[
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--sim-listen",
        &address,
    ]))
    .await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains("--sim-listen"), "{}", ended.err);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn serve_drains_and_ends_with_0() {
    let world = World::start().await;
    signal("TERM", world.gateway());
    assert_eq!(world.ended().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_gateway_on_the_same_folder_is_refused() {
    let world = World::start().await;
    let data = world.path("data");
    let ended = run(command(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        text(&data),
    ]))
    .await;
    assert_eq!(ended.code, Some(1));
    assert!(ended.err.contains(text(&data)), "{}", ended.err);
}

#[cfg(unix)]
#[tokio::test]
async fn an_admin_token_is_made_once_shown_once_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data-dir",
        text(folder.path()),
    ];
    let token_file = folder.path().join("admin-token");
    for is_first in [true, false] {
        let mut gateway = command(&arguments).spawn().unwrap();
        let mut log = BufReader::new(gateway.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("the gateway takes events") {
            assert_ne!(log.read_line(&mut line).unwrap(), 0, "{line}");
        }
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        signal("INT", &gateway);
        let ended = end_of(gateway).await;
        assert_eq!(ended.code, Some(0));
        let token = std::fs::read_to_string(&token_file).unwrap();
        assert_eq!(ended.out.contains(token.trim()), is_first, "{}", ended.out);
        assert!(
            !line.contains(token.trim()),
            "the log must not show the token"
        );
    }
}

/// A sender that never finishes keeps the gateway draining; whoever does not want to wait presses Ctrl-C again.
#[cfg(unix)]
#[tokio::test]
async fn a_second_ctrl_c_stops_at_once_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let arguments = [
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--sim-listen",
        "127.0.0.1:0",
    ];
    let mut demo = command(&arguments)
        .env("TMPDIR", temporary.path())
        .spawn()
        .unwrap();
    let mut greeting = String::new();
    let mut out = BufReader::new(demo.stdout.take().unwrap());
    while !greeting.contains("Ctrl-C stops it") {
        assert_ne!(out.read_line(&mut greeting).unwrap(), 0, "the demo ended");
    }
    let address = line_after(&greeting, "Console")
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let mut sender = TcpStream::connect(address).unwrap();
    let head = "POST /v1/identify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n";
    sender.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    // The gateway asks for the body, so the request is in its hands now.
    sender.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 100");

    signal("INT", &demo);
    let mut log = BufReader::new(demo.stderr.take().unwrap());
    let mut said = String::new();
    while !said.contains("Stopping") {
        assert_ne!(log.read_line(&mut said).unwrap(), 0, "{said}");
    }
    signal("INT", &demo);
    assert_eq!(end_of(demo).await.code, Some(130));
    assert_eq!(std::fs::read_dir(temporary.path()).unwrap().count(), 0);
}
