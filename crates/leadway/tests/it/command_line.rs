//! Help, usage mistakes and their exit codes.

use crate::program::{command, run};

#[tokio::test]
async fn help_says_what_each_command_does() {
    let mut text = run(command(&["--help"])).await.ok().out;
    for verb in [
        "demo",
        "serve",
        "apply",
        "export",
        "connection",
        "send",
        "import",
        "events",
        "dead-letters",
        "replay",
        "doctor",
        "crm",
        "books",
        "coql",
        "request",
        "secrets",
    ] {
        text.push_str(&format!("\n──── leadway {verb} --help\n\n"));
        text.push_str(&run(command(&[verb, "--help"])).await.ok().out);
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn mistakes_on_the_command_line_end_with_2() {
    let cases: [&[&str]; 12] = [
        &[],
        &["nonsense"],
        &["import", "leads.csv"],
        &["import", "leads.csv", "--route", "r", "--patience", "soon"],
        &["send", "identify"],
        &["send", "track", "--write-key", "k"],
        &["send", "dance", "--write-key", "k"],
        &["replay"],
        &["replay", "--dead-letters"],
        &["replay", "evt_01kb0w6v3ve2s8j4x9n7q5m2tc", "--set", "A=b"],
        &["dead-letters", "--set", "A=b"],
        &["events", "--url", "http://me:secret@127.0.0.1:1"],
    ];
    for arguments in cases {
        let ended = run(command(arguments)).await;
        assert_eq!(
            ended.code,
            Some(2),
            "{arguments:?}: {} {}",
            ended.out,
            ended.err
        );
        assert!(
            !ended.err.is_empty() && ended.out.is_empty(),
            "{arguments:?} must explain itself on stderr"
        );
    }
}

#[tokio::test]
async fn where_no_gateway_answers_the_way_out_is_shown() {
    // Port 9 is for discarding; nothing of ours listens there.
    let ended = run(command(&["events", "--url", "http://127.0.0.1:9"])).await;
    assert_eq!(ended.code, Some(1));
    assert!(
        ended
            .err
            .contains("no gateway answers at http://127.0.0.1:9/; start one with `leadway demo`"),
        "{}",
        ended.err
    );
}

#[tokio::test]
async fn secrets_in_the_environment_do_not_show_in_help() {
    let mut help = command(&["serve", "--help"]);
    help.env("LEADWAY_ADMIN_TOKEN", "hush-hush")
        .env("LEADWAY_MASTER_KEY", "hush-hush");
    let ended = run(help).await.ok();
    assert!(!ended.out.contains("hush"), "{}", ended.out);
}
