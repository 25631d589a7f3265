//! Comments on records.

use super::datum::Datum;
use super::document::Document;
use super::problem::Problem;
use super::rules::{Rules, Scene};
use super::state::{Organisation, Row};

pub(super) struct Comments;

impl Rules for Comments {
    fn on_create(&self, scene: &mut Scene<'_>, record: &mut Document) -> Result<(), Problem> {
        if record.get("description").is_none_or(Datum::is_empty) {
            return Err(Problem::refused_value("description"));
        }
        record.set("commented_by", scene.who.name.as_str());
        record.set("commented_by_id", scene.who.id.to_string());
        record.set_missing("comment_type", "internal");
        record.set_missing("operation_type", "Added");
        Ok(())
    }

    fn derive(&self, organisation: &Organisation, row: &Row, record: &mut Document) {
        let time = organisation.time(row.created_at);
        record.set("date", time.get(..10).unwrap_or_default());
        record.set("time", time.get(11..16).unwrap_or_default());
        record.set("date_with_time", time);
    }
}
