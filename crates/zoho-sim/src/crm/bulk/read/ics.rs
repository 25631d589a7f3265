//! The calendar file of a bulk read of meetings (RFC 5545).
//!
//! unknown: which properties Zoho writes; those here are what a meeting has.

use std::fmt::Write as _;

use jiff::Timestamp;

use crate::world::{Cell, Record, Table, World};

/// Bytes of one line; longer ones go on in the next.
const LINE_BYTES_MAX: usize = 75;

/// The meetings as one calendar.
pub(super) fn print(world: &World, table: &Table, records: &[&Record]) -> Vec<u8> {
    let mut out = String::new();
    line(&mut out, "BEGIN:VCALENDAR");
    line(&mut out, "PRODID:-//Zoho Corporation//Zoho CRM//EN");
    line(&mut out, "VERSION:2.0");
    for record in records {
        event(&mut out, world, table, record);
    }
    line(&mut out, "END:VCALENDAR");
    out.into_bytes()
}

fn event(out: &mut String, world: &World, table: &Table, record: &Record) {
    let cell = |name: &str| record.cell(table.module.position(name)?);
    let text = |name: &str| match cell(name) {
        Some(Cell::Text(text)) => Some(escaped(text)),
        _ => None,
    };
    line(out, "BEGIN:VEVENT");
    line(out, &format!("UID:{}", record.id));
    line(out, &format!("DTSTAMP:{}", stamp(record.modified_at)));
    for (name, property) in [("Start_DateTime", "DTSTART"), ("End_DateTime", "DTEND")] {
        if let Some(Cell::Time(seconds)) = cell(name) {
            line(out, &format!("{property}:{}", stamp(*seconds)));
        }
    }
    for (name, property) in [
        ("Event_Title", "SUMMARY"),
        ("Venue", "LOCATION"),
        ("Description", "DESCRIPTION"),
    ] {
        if let Some(text) = text(name) {
            line(out, &format!("{property}:{text}"));
        }
    }
    if let Some(owner) = world.user(record.owner) {
        let name = owner.full_name().replace('"', "");
        line(
            out,
            &format!("ORGANIZER;CN=\"{name}\":mailto:{}", owner.email),
        );
    }
    line(out, "END:VEVENT");
}

fn stamp(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
        .replace("\r\n", "\\n")
        .replace(['\r', '\n'], "\\n")
}

/// One line, folded where it is too long.
fn line(out: &mut String, text: &str) {
    let mut length = 0;
    for letter in text.chars() {
        if length + letter.len_utf8() > LINE_BYTES_MAX {
            let _ = out.write_str("\r\n ");
            length = 1;
        }
        out.push(letter);
        length += letter.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_folded_and_signs_escaped() {
        let mut out = String::new();
        line(&mut out, &format!("SUMMARY:{}", "ü".repeat(60)));
        assert!(out.split("\r\n").all(|line| line.len() <= LINE_BYTES_MAX));
        assert_eq!(out.replace("\r\n ", "").trim_end().chars().count(), 68);
        assert_eq!(escaped("a,b;c\\d\ne"), "a\\,b\\;c\\\\d\\ne");
        assert_eq!(stamp(1_768_035_600), "20260110T090000Z");
    }
}
