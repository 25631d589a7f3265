//! Rows under headings: drawn for a terminal, tab-separated for another program.

use comfy_table::{Attribute, Cell, Color, ColumnConstraint, ContentArrangement, presets};

use super::clean;

/// Rows under headings. Every cell is made harmless when it is added.
pub(crate) struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(headings: &[&'static str]) -> Self {
        Self::of(
            headings
                .iter()
                .map(|heading| (*heading).to_owned())
                .collect(),
        )
    }

    /// The same with headings that only running tells.
    pub(crate) fn of(headings: Vec<String>) -> Self {
        Self {
            headings: headings.iter().map(|heading| clean(heading)).collect(),
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows
            .push(cells.into_iter().map(|cell| clean(&cell)).collect());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// For where output goes to.
    pub(crate) fn render(&self) -> String {
        if super::is_terminal() {
            self.drawn(None)
        } else {
            self.plain()
        }
    }

    /// Headings and rows, tab-separated.
    pub(crate) fn plain(&self) -> String {
        let lines = std::iter::once(&self.headings).chain(&self.rows);
        lines
            .map(|cells: &Vec<String>| format!("{}\n", cells.join("\t")))
            .collect()
    }

    /// Only the rows, tab-separated, for a list that goes on.
    pub(crate) fn plain_rows(&self) -> String {
        self.rows
            .iter()
            .map(|cells| format!("{}\n", cells.join("\t")))
            .collect()
    }

    fn drawn(&self, width: Option<u16>) -> String {
        let mut table = comfy_table::Table::new();
        table
            .load_style(presets::NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic);
        if let Some(width) = width {
            table.set_width(width);
        }
        table.set_header(
            self.headings
                .iter()
                .map(|heading| Cell::new(heading).add_attribute(Attribute::Bold)),
        );
        for row in &self.rows {
            table.add_row(row.iter().map(|cell| match colour(cell) {
                Some(colour) => Cell::new(cell).fg(colour),
                None => Cell::new(cell),
            }));
        }
        // Ids are copied into the next command, so they stay in one piece however narrow the terminal is.
        if self.headings.first().is_some_and(|heading| heading == "id")
            && let Some(ids) = table.column_mut(0)
        {
            ids.set_constraint(ColumnConstraint::ContentWidth);
        }
        format!("{}\n", table.trim_fmt())
    }
}

/// Statuses are seen at a glance; other cells have no colour.
fn colour(cell: &str) -> Option<Color> {
    match cell {
        "delivered" | "ok" | "ready" => Some(Color::Green),
        "dead" | "failed" | "needs_consent" => Some(Color::Red),
        "retrying" | "warning" | "paused" => Some(Color::Yellow),
        "pending" | "accepted" | "leased" => Some(Color::Cyan),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["id", "about"]);
        table.row(["evt_1".to_owned(), "Ada\tRay\u{1b}[2J".to_owned()]);
        table.row(["evt_2".to_owned(), String::new()]);
        table
    }

    #[test]
    fn a_pipe_gets_tab_separated_cells_without_tabs_in_them() {
        assert_eq!(
            table().plain(),
            "id\tabout\nevt_1\tAda Ray\u{fffd}[2J\nevt_2\t\n"
        );
    }

    #[test]
    fn ids_stay_in_one_piece_on_a_narrow_terminal() {
        let mut table = Table::new(&["id", "why"]);
        let id = "evt_01kb0w6v3ve2s8j4x9n7q5m2tc";
        table.row([id.to_owned(), "a reason of many words ".repeat(5)]);
        let drawn = table.drawn(Some(50));
        assert!(drawn.contains(id), "{drawn}");
    }

    #[test]
    fn a_terminal_gets_columns() {
        let drawn = table().drawn(Some(60));
        assert!(
            drawn.lines().count() == 3 && drawn.contains("evt_1"),
            "{drawn}"
        );
    }
}
