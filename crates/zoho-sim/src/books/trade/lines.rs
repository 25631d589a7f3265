//! Lines of a document: what is not said comes from the item, from the line as it was, or from the organisation.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::super::datum::Datum;
use super::super::document::Document;
use super::super::problem::Problem;
use super::super::state::Organisation;
use super::kinds::Trade;
use super::party::words;

/// Completes all lines. A line that names one of the lines before goes on from it; every other line is new.
pub(super) fn complete(
    organisation: &mut Organisation,
    trade: &Trade,
    before: Option<&Document>,
    record: &mut Document,
) -> Result<(), Problem> {
    let given = match record.remove("line_items") {
        Some(Datum::List(lines)) => lines,
        None => Vec::new(),
        Some(datum) if datum.is_empty() => Vec::new(),
        Some(_) => return Err(Problem::invalid_value("line_items")),
    };
    let known: HashMap<&str, &Document> = before
        .into_iter()
        .flat_map(|before| before.objects("line_items"))
        .map(|line| (line.text("line_item_id"), line))
        .filter(|(id, _)| !id.is_empty())
        .collect();
    let mut lines = Vec::with_capacity(given.len());
    for (index, line) in given.into_iter().enumerate() {
        let Datum::Object(sent) = line else {
            return Err(Problem::invalid_value("line_items"));
        };
        let known = known.get(words(&sent, "line_item_id").as_str());
        let is_known = known.is_some();
        let mut line = known.map_or_else(Document::default, |line| (*line).clone());
        line.merge(sent);
        if !is_known {
            line.set("line_item_id", organisation.next_id().to_string());
        }
        of_item(organisation, trade, &mut line)?;
        of_tax(organisation, &mut line)?;
        line.set_missing("item_order", i64::try_from(index).unwrap_or_default() + 1);
        line.set_missing("line_item_category", "line_item");
        numbers(&line)?;
        lines.push(Datum::Object(line));
    }
    record.set("line_items", lines);
    Ok(())
}

fn of_item(organisation: &Organisation, trade: &Trade, line: &mut Document) -> Result<(), Problem> {
    let id = words(line, "item_id");
    let item = if id.is_empty() {
        None
    } else {
        let row = organisation.row_of_text("item", &id);
        Some(&row.ok_or_else(|| Problem::missing("Item"))?.document)
    };
    line.set("item_id", id);
    let (rate, description, account) = if trade.is_sale {
        ("rate", "description", ["account_id", "account_name"])
    } else {
        (
            "purchase_rate",
            "purchase_description",
            ["purchase_account_id", "purchase_account_name"],
        )
    };
    let empty = Document::default();
    let item = item.unwrap_or(&empty);
    let mut fill = |member: &str, from: &str, otherwise: Datum| {
        if line.get(member).is_none_or(Datum::is_empty) {
            let known = item.get(from).filter(|datum| !datum.is_empty()).cloned();
            line.set(member, known.unwrap_or(otherwise));
        }
    };
    fill("name", "name", Datum::text(""));
    fill("description", description, Datum::text(""));
    fill("unit", "unit", Datum::text(""));
    fill("rate", rate, Datum::Decimal(Decimal::ZERO));
    fill("quantity", "", Datum::Decimal(Decimal::ONE));
    fill("tax_id", "tax_id", Datum::text(""));
    fill("account_id", account[0], Datum::text(""));
    fill("item_type", "item_type", Datum::text(""));
    fill("discount", "", Datum::Decimal(Decimal::ZERO));
    let account = account_of(organisation, trade, words(line, "account_id"))?;
    if let Some((id, name)) = account {
        line.set("account_id", id);
        line.set("account_name", name);
    }
    Ok(())
}

/// The account of a line: its own, else Sales. unknown: the default account of a line of a purchase.
fn account_of(
    organisation: &Organisation,
    trade: &Trade,
    id: String,
) -> Result<Option<(String, String)>, Problem> {
    if id.is_empty() {
        return Ok(if trade.is_sale {
            account_named(organisation, "Sales")
        } else {
            None
        });
    }
    let row = organisation.row_of_text("chart_of_account", &id);
    let row = row.ok_or_else(|| Problem::bad(1002, "Account does not exist."))?;
    Ok(Some((id, row.document.text("account_name").to_owned())))
}

/// Id and name of an account.
pub(super) fn account_named(organisation: &Organisation, name: &str) -> Option<(String, String)> {
    let id = super::super::accounts::named(organisation, name)?;
    Some((id.to_string(), name.to_owned()))
}

fn of_tax(organisation: &Organisation, line: &mut Document) -> Result<(), Problem> {
    let id = words(line, "tax_id");
    let group = organisation
        .row_of_text("tax_group", &id)
        .map(|row| &row.document);
    let tax = organisation
        .row_of_text("tax", &id)
        .map(|row| &row.document);
    let (name, kind, percentage) = match (group, tax) {
        (Some(group), _) => (
            group.text("tax_group_name"),
            "tax_group",
            group.get("tax_group_percentage"),
        ),
        (None, Some(tax)) => (
            tax.text("tax_name"),
            tax.text("tax_type"),
            tax.get("tax_percentage"),
        ),
        (None, None) if id.is_empty() => ("", "", None),
        (None, None) => return Err(Problem::invalid_value("tax_id")),
    };
    line.set("tax_name", name);
    line.set("tax_type", kind);
    line.set(
        "tax_percentage",
        percentage.cloned().unwrap_or(Datum::Integer(0)),
    );
    line.set("tax_id", id);
    Ok(())
}

fn numbers(line: &Document) -> Result<(), Problem> {
    for member in ["rate", "quantity"] {
        if line
            .get(member)
            .is_none_or(|datum| datum.as_decimal().is_none())
        {
            return Err(Problem::invalid_value(member));
        }
    }
    Ok(())
}
