//! Items.

use super::accounts;
use super::datum::Datum;
use super::document::Document;
use super::index::{self, By};
use super::problem::Problem;
use super::rules::{Rules, Scene};
use super::state::{Organisation, Row};

pub(super) struct Items;

impl Rules for Items {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        name_is_free(scene, record)?;
        if record.get("account_id").is_none_or(Datum::is_empty) {
            let sales = accounts::named(scene.organisation, "Sales");
            record.set(
                "account_id",
                sales.map(|id| id.to_string()).unwrap_or_default(),
            );
        }
        settle(scene.organisation, record)
    }

    fn on_update(
        &self,
        scene: &mut Scene<'_>,
        _before: &Document,
        record: &mut Document,
    ) -> Result<(), Problem> {
        name_is_free(scene, record)?;
        settle(scene.organisation, record)
    }

    fn on_delete(&self, scene: &mut Scene<'_>, _record: &Document) -> Result<(), Problem> {
        let id = scene.id.to_string();
        let is_named = [
            "estimate",
            "sales_order",
            "invoice",
            "credit_note",
            "bill",
            "purchase_order",
        ]
        .iter()
        .any(|kind| {
            let mut rows = scene.organisation.keyed(kind, By::LineItem, &id);
            rows.next().is_some()
        });
        if is_named {
            // unknown: code and text.
            return Err(Problem::wrong_state(
                "Items which are part of transactions cannot be deleted. Mark them as inactive instead.",
            ));
        }
        Ok(())
    }

    fn derive(&self, _organisation: &Organisation, _row: &Row, record: &mut Document) {
        let name = record.text("name").to_owned();
        record.set("item_name", name);
        record.set_missing("is_combo_product", false);
    }
}

/// unknown: whether names that differ in case only are the same; here they are.
fn name_is_free(scene: &Scene<'_>, record: &Document) -> Result<(), Problem> {
    let name = index::name(record.text("name"));
    if name.is_empty() {
        return Err(Problem::refused_value("name"));
    }
    let is_taken = |by: By, text: &str| {
        let mut rows = scene.organisation.keyed("item", by, text);
        rows.any(|row| row.id != scene.id)
    };
    if is_taken(By::Name, &name) {
        let name = record.text("name");
        return Err(Problem::already_exists(&format!("Item \"{name}\"")));
    }
    let sku = record.text("sku");
    if is_taken(By::Sku, sku) {
        return Err(Problem::already_exists(&format!("SKU \"{sku}\"")));
    }
    Ok(())
}

fn settle(organisation: &Organisation, record: &mut Document) -> Result<(), Problem> {
    for (id, name) in [
        ("account_id", "account_name"),
        ("purchase_account_id", "purchase_account_name"),
    ] {
        let text = record.text(id).to_owned();
        if text.is_empty() {
            continue;
        }
        let account = organisation.row_of_text("chart_of_account", &text);
        let account = account.ok_or_else(|| Problem::invalid_value(id))?;
        let words = account.document.text("account_name").to_owned();
        record.set(name, words);
    }
    let tax = record.text("tax_id").to_owned();
    if tax.is_empty() {
        for (name, blank) in [
            ("tax_name", Datum::text("")),
            ("tax_percentage", Datum::Integer(0)),
            ("tax_type", Datum::text("")),
        ] {
            record.set(name, blank);
        }
    } else {
        let row = organisation
            .row_of_text("tax", &tax)
            .or_else(|| organisation.row_of_text("tax_group", &tax));
        let row = row.ok_or_else(|| Problem::invalid_value("tax_id"))?;
        for name in ["tax_name", "tax_percentage", "tax_type"] {
            let datum = row
                .document
                .get(name)
                .cloned()
                .unwrap_or_else(|| Datum::text(""));
            record.set(name, datum);
        }
    }
    let kind = record.text("item_type").to_owned();
    if !kind.is_empty() {
        record.set("can_be_sold", kind != "purchases");
        record.set("can_be_purchased", kind != "sales");
        record.set("track_inventory", kind == "inventory");
    }
    record.set_missing("item_type", "sales");
    Ok(())
}
