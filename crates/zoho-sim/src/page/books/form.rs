//! The form of a record of Books: which members it shows, and what a posted one means.
//!
//! Lines are inputs of their own, named `line_items.0.rate`; other lists and objects are written as JSON. For a record that is
//! there, only what was changed is sent.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::shown::{json_of, label};
use crate::books::{self, Datum, Document, Member, RecordType};
use crate::html::escape;
use crate::state::Shared;

/// Empty lines that a form offers besides those that are there.
const SPARE_LINES: usize = 3;
/// Lines that a form is read for.
const LINES_MAX: usize = 200;

type Members = BTreeMap<String, Member>;

/// Members that stand first; the others are folded away.
const USUAL: [&str; 38] = [
    "contact_name",
    "contact_type",
    "company_name",
    "customer_id",
    "vendor_id",
    "project_name",
    "name",
    "email",
    "account_name",
    "account_type",
    "account_code",
    "transaction_type",
    "from_account_id",
    "to_account_id",
    "account_id",
    "paid_through_account_id",
    "recurrence_name",
    "recurrence_frequency",
    "repeat_every",
    "start_date",
    "end_date",
    "date",
    "journal_date",
    "due_date",
    "expiry_date",
    "bill_number",
    "rate",
    "amount",
    "payment_mode",
    "payment_terms",
    "reference_number",
    "description",
    "discount",
    "shipping_charge",
    "adjustment",
    "notes",
    "terms",
    "website",
];

/// Lists that are edited as lines, with their inputs and the kinds of record that have others.
fn columns(kind: &str, list: &str) -> Option<&'static [&'static str]> {
    Some(match (kind, list) {
        ("journal" | "recurring_journal", "line_items") => {
            &["account_id", "debit_or_credit", "amount", "description"]
        }
        ("expense" | "recurring_expense", "line_items") => {
            &["account_id", "description", "amount", "tax_id"]
        }
        (_, "line_items") => &[
            "item_id",
            "name",
            "description",
            "account_id",
            "quantity",
            "rate",
            "discount",
            "tax_id",
        ],
        (_, "invoices") => &["invoice_id", "amount_applied"],
        (_, "bills") => &["bill_id", "amount_applied"],
        (_, "contact_persons") => &["first_name", "last_name", "email", "phone"],
        _ => return None,
    })
}

/// The members that an edit may send.
pub(super) fn members_of(kind: &'static RecordType) -> &'static Members {
    if kind.update.is_empty() {
        &kind.create
    } else {
        &kind.update
    }
}

/// Whether a list is edited as lines: those of invoices hold only ids of persons.
fn is_lines(kind: &str, name: &str, member: &Member) -> bool {
    columns(kind, name).is_some() && member.part == Some('o') && !member.members.is_empty()
}

/// The inputs, with the values of a record or of a form that was refused.
pub(super) fn inputs(
    shared: &Shared,
    organisation: &str,
    kind: &RecordType,
    members: &Members,
    record: &Document,
) -> String {
    let form = Inputs {
        shared,
        organisation,
        kind,
        lists: std::cell::RefCell::default(),
    };
    let is_usual =
        |name: &str| USUAL.contains(&name) || kind.required.iter().any(|required| required == name);
    let usual = USUAL
        .iter()
        .copied()
        .filter(|name| members.contains_key(*name));
    let required = members.keys().map(String::as_str);
    let required = required.filter(|name| is_usual(name) && !USUAL.contains(name));
    let (mut first, mut lines, mut rest) = (String::new(), String::new(), String::new());
    let others = members.keys().map(String::as_str);
    let others = others.filter(|name| !is_usual(name));
    let all = usual.chain(required).map(|name| (name, true));
    for (name, is_first) in all.chain(others.map(|name| (name, false))) {
        let Some(member) = members.get(name) else {
            continue;
        };
        let datum = record.get(name).cloned().unwrap_or_default();
        if is_lines(&kind.name, name, member) {
            form.print_lines(&mut lines, name, member, record);
        } else if is_first {
            form.print(&mut first, name, name, member, &datum);
        } else {
            form.print(&mut rest, name, name, member, &datum);
        }
    }
    let mut out = format!("<div class=\"fields\">{first}</div>{lines}");
    if !rest.is_empty() {
        let _ = write!(
            out,
            "<details><summary>More members</summary><div class=\"fields\">{rest}</div></details>"
        );
    }
    for (name, options) in form.lists.into_inner() {
        let _ = write!(out, "<datalist id=\"list-{name}\">{options}</datalist>");
    }
    out
}

struct Inputs<'a> {
    shared: &'a Shared,
    organisation: &'a str,
    kind: &'a RecordType,
    /// What inputs offer, once for all of them that offer the same.
    lists: std::cell::RefCell<BTreeMap<String, String>>,
}

impl Inputs<'_> {
    fn print(&self, out: &mut String, input: &str, name: &str, member: &Member, datum: &Datum) {
        let is_required = input == name && books::is_mandatory(self.kind, name);
        let star = if is_required { " *" } else { "" };
        let _ = write!(
            out,
            "<label title=\"{}\">{}{star} {}</label>",
            escape(name),
            escape(&label(name)),
            self.field(input, name, member, datum)
        );
    }

    fn field(&self, input: &str, name: &str, member: &Member, datum: &Datum) -> String {
        let text = escape(&text_of(member, datum));
        let input = escape(input);
        if matches!(member.kind, 'a' | 'o') || matches!(name, "notes" | "terms" | "description") {
            return format!("<textarea name=\"{input}\" rows=\"2\">{text}</textarea>");
        }
        if member.kind == 'b' {
            let selected = |is: &str| if text == is { " selected" } else { "" };
            return format!(
                "<select name=\"{input}\"><option></option><option{}>true</option><option{}>false</option></select>",
                selected("true"),
                selected("false")
            );
        }
        let list = self.offer(name, member);
        let list = list.map_or(String::new(), |list| format!(" list=\"list-{list}\""));
        let kind = match member.kind {
            'n' => " inputmode=\"decimal\"",
            'i' => " inputmode=\"numeric\"",
            _ if is_date(name) => " type=\"date\"",
            _ => "",
        };
        format!("<input name=\"{input}\" value=\"{text}\"{kind}{list}>")
    }

    /// The name of a list of what a member may be: its choices, or the latest records of the type whose id it takes.
    fn offer(&self, name: &str, member: &Member) -> Option<String> {
        let option = |value: &str, words: &str| {
            format!(
                "<option value=\"{}\">{}</option>",
                escape(value),
                escape(words)
            )
        };
        let mut lists = self.lists.borrow_mut();
        if !member.choices.is_empty() {
            let options = member.choices.iter().map(|choice| option(choice, ""));
            lists.insert(escape(name), options.collect());
            return Some(escape(name));
        }
        let kind = type_of_id(name)?;
        if !lists.contains_key(kind) {
            let offered = books::offers(self.shared, self.organisation, kind);
            let options = offered.iter().map(|(id, title)| option(id, title));
            lists.insert(kind.to_owned(), options.collect());
        }
        Some(kind.to_owned())
    }

    fn print_lines(&self, out: &mut String, name: &str, member: &Member, record: &Document) {
        let columns = columns(&self.kind.name, name).unwrap_or_default();
        let columns = columns
            .iter()
            .filter_map(|column| Some((*column, member.members.get(*column)?)));
        let columns: Vec<(&str, &Member)> = columns.collect();
        let lines: Vec<&Document> = record.objects(name).take(LINES_MAX).collect();
        let empty = Document::default();
        let lines = lines
            .into_iter()
            .chain(std::iter::repeat_n(&empty, SPARE_LINES));
        let mut rows = String::new();
        for (index, line) in lines.enumerate() {
            rows.push_str("<tr>");
            for (column, member) in &columns {
                let datum = line.get(column).cloned().unwrap_or_default();
                let input = format!("{name}.{index}.{column}");
                let _ = write!(
                    rows,
                    "<td><label><span class=\"unseen\">{} of line {}</span>{}</label></td>",
                    escape(&label(column)),
                    index + 1,
                    self.field(&input, column, member, &datum)
                );
            }
            rows.push_str("</tr>");
        }
        let heads: Vec<String> = columns.iter().map(|(column, _)| label(column)).collect();
        let heads: Vec<&str> = heads.iter().map(String::as_str).collect();
        let _ = write!(
            out,
            "<h2>{}</h2>{}",
            escape(&label(name)),
            super::super::table(&heads, &rows, "")
        );
    }
}

fn is_date(name: &str) -> bool {
    name == "date" || name.ends_with("_date")
}

/// The type of the records whose id a member takes.
fn type_of_id(name: &str) -> Option<&'static str> {
    Some(match name {
        "customer_id" | "vendor_id" => "contact",
        "currency_id" => "currency",
        "user_id" => "user",
        _ if name.ends_with("account_id") => "chart_of_account",
        _ if name.ends_with("tax_id") => "tax",
        _ => {
            let mut types = books::types().filter(|kind| kind.parent.is_none());
            let known = types.find(|kind| kind.id_field.as_deref() == Some(name));
            known?.name.as_str()
        }
    })
}

/// A value as its input shows it.
fn text_of(member: &Member, datum: &Datum) -> String {
    match datum {
        Datum::List(parts) if member.kind == 'a' && parts.is_empty() => String::new(),
        Datum::List(_) | Datum::Object(_) => json_of(datum),
        datum => datum.words(),
    }
}

/// What a form says: values in the types of their members, and for a record that is there only what was changed. What cannot
/// be read as its type stays text, so that the check names it.
pub(super) fn body_of(
    members: &Members,
    record: Option<&Document>,
    form: &[(String, String)],
) -> Document {
    let mut body = Document::default();
    // Browsers send line ends of two characters.
    let plain = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    for (name, text) in form {
        let Some(member) = members.get(name.as_str()) else {
            continue;
        };
        let text = plain(text);
        let before = record
            .and_then(|record| record.get(name))
            .map(|datum| plain(&text_of(member, datum)))
            .unwrap_or_default();
        if text != before {
            body.set(name, value_of(member, &text));
        }
    }
    for (name, member) in members {
        if let Some(lines) = lines_of(name, member, record, form) {
            body.set(name, lines);
        }
    }
    body
}

/// The lines of a list, when a form has some and they are others than before. A line that was emptied is left out.
fn lines_of(
    name: &str,
    member: &Member,
    record: Option<&Document>,
    form: &[(String, String)],
) -> Option<Vec<Datum>> {
    let mut lines: Vec<Document> = Vec::new();
    if let Some(record) = record {
        lines.extend(record.objects(name).take(LINES_MAX).cloned());
    }
    let (before, is_new) = (lines.len(), record.is_none());
    let (mut is_named, mut is_changed) = (false, is_new);
    let mut is_filled = vec![false; before];
    for (input, text) in form {
        let mut parts = input.strip_prefix(name).unwrap_or_default().split('.');
        let (Some(""), Some(index), Some(column), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let index: Option<usize> = index.parse().ok();
        let known = member.members.get(column);
        let Some((index, known)) = index.filter(|index| *index < LINES_MAX).zip(known) else {
            continue;
        };
        is_named = true;
        while lines.len() <= index {
            lines.push(Document::default());
            is_filled.push(false);
        }
        let (line, is_filled) = (&mut lines[index], &mut is_filled[index]);
        let text = text.trim();
        let may_be_zero = column == "quantity" || column == "discount";
        let is_zero = text.trim_matches(['0', '.']).is_empty();
        *is_filled |= !(text.is_empty() || may_be_zero && is_zero);
        let current = line.get(column).map(|datum| text_of(known, datum));
        if text != current.unwrap_or_default().trim() {
            is_changed = true;
            line.set(column, value_of(known, text));
        }
    }
    let is_whole = is_filled.iter().take(before).all(|is_filled| *is_filled);
    let kept = lines.into_iter().zip(is_filled).filter(|(_, is)| *is);
    let kept: Vec<Datum> = kept.map(|(line, _)| Datum::Object(line)).collect();
    (is_named && (is_changed || !is_whole) && !(is_new && kept.is_empty())).then_some(kept)
}

fn value_of(member: &Member, text: &str) -> Datum {
    let read = match member.kind {
        'b' => Datum::text(text).as_bool().map(Datum::Bool),
        'n' | 'i' if Datum::text(text).as_decimal().is_some() => Datum::parse(text),
        'a' | 'o' if !text.is_empty() => Datum::parse(text),
        _ => None,
    };
    read.unwrap_or_else(|| Datum::text(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn posted(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
            .collect()
    }

    #[test]
    fn a_form_sends_what_was_changed() {
        let kind = books::type_named("invoice").unwrap();
        let record = Datum::parse(
            r#"{"notes": "as it was", "date": "2026-01-02", "line_items": [{"line_item_id": "7", "name": "Chair", "rate": 2.50, "quantity": 1.00}]}"#,
        );
        let record = record.unwrap().as_object().cloned().unwrap();
        let same = posted(&[
            ("notes", "as it was"),
            ("line_items.0.name", "Chair"),
            ("line_items.0.rate", "2.50"),
            ("line_items.1.name", ""),
        ]);
        assert_eq!(
            body_of(&kind.update, Some(&record), &same),
            Document::default()
        );
        let other = posted(&[
            ("notes", "other"),
            ("line_items.0.name", "Chair"),
            ("line_items.0.rate", "3"),
            ("line_items.1.name", "Table"),
            ("line_items.1.rate", "dear"),
        ]);
        let body = body_of(&kind.update, Some(&record), &other);
        assert_eq!(body.text("notes"), "other");
        let lines: Vec<_> = body.objects("line_items").collect();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].text("line_item_id"), "7");
        assert_eq!(lines[0].get("rate"), Some(&Datum::Integer(3)));
        assert_eq!(lines[1].text("rate"), "dear");
        let emptied = posted(&[("line_items.0.name", ""), ("line_items.0.rate", "")]);
        let body = body_of(&kind.update, Some(&record), &emptied);
        assert_eq!(body.get("line_items"), Some(&Datum::List(Vec::new())));
    }
}
