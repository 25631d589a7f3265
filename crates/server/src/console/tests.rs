//! Pages rendered from sample data: what comes from outside must come out escaped.

use askama::Template;

use super::event::{EventContent, EventPage, title};
use super::overview::OverviewContent;
use super::{live::Fragment, sample, view::Frame};

fn frame() -> Frame {
    Frame {
        active: "events",
        csrf: "csrf-token".to_owned(),
        demo_url: None,
    }
}

#[test]
fn values_from_outside_are_escaped_once() {
    let life = sample::life();
    let fragment = Fragment::new("/events/x", &EventContent::new(&life, "csrf-token")).unwrap();
    let page = EventPage {
        frame: frame(),
        title: title(&life),
        fragment: fragment.to_html().unwrap(),
    };
    let html = page.render().unwrap();
    for unescaped in ["Lead <Generated>", "<b>", "Name & there"] {
        assert!(
            !html.contains(unescaped),
            "{unescaped:?} stands in the page as it came"
        );
    }
    assert!(html.contains("Lead &#60;Generated&#62;"));
    assert!(!html.contains("&#38;#60;"), "nothing is escaped twice");
}

#[test]
fn the_content_of_an_event_page() {
    let life = sample::life();
    insta::assert_snapshot!(EventContent::new(&life, "csrf-token").render().unwrap());
}

#[test]
fn the_content_of_the_overview() {
    let content = OverviewContent {
        overview: sample::overview(),
        events: vec![sample::life().summary],
    };
    insta::assert_snapshot!(content.render().unwrap());
}

#[test]
fn an_unchanged_fragment_is_not_sent_again() {
    let life = sample::life();
    let fragment =
        || Fragment::new("/events/x?a=1", &EventContent::new(&life, "csrf-token")).unwrap();
    let html = fragment().to_html().unwrap();
    let seen = html
        .split("seen=")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    assert_eq!(fragment().into_answer(Some(seen)).unwrap().status(), 204);
    assert_eq!(fragment().into_answer(Some("other")).unwrap().status(), 200);
    assert_eq!(fragment().into_answer(None).unwrap().status(), 200);
}
