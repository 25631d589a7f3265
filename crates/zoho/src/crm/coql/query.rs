//! The clauses of a query, as far as they matter for walking through its rows. Nothing else of it is understood.

use super::super::RecordId;
use crate::{Error, ErrorKind};

/// A query taken apart at its outermost keywords.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query<'a> {
    /// From `select` up to `where`, or what stands in its place.
    head: &'a str,
    condition: Option<&'a str>,
    group_by: Option<&'a str>,
    order_by: Option<&'a str>,
    pub(super) limit: Option<u64>,
    has_aggregate: bool,
}

/// The clauses in the order in which a query has them.
const CLAUSES: [&str; 5] = ["where", "group by", "order by", "limit", "offset"];

impl<'a> Query<'a> {
    pub(super) fn parse(operation: &'static str, text: &'a str) -> Result<Query<'a>, Error> {
        let refuse = |message: &str| Err(Error::new(ErrorKind::Input, operation, message));
        let words = outer_words(text);
        let is_select = words.first().is_some_and(|word| word.is("select"));
        let from = words.iter().find(|word| word.is("from"));
        let (true, Some(from)) = (is_select, from) else {
            return refuse("the query is no SELECT … FROM …");
        };
        let mut parts = [None; CLAUSES.len()];
        let mut starts = Vec::new();
        for (at, word) in words.iter().enumerate() {
            let next = words.get(at + 1);
            let clause = CLAUSES
                .iter()
                .position(|clause| match clause.split_once(' ') {
                    None => word.is(clause),
                    Some((first, second)) => {
                        word.is(first) && next.is_some_and(|next| next.is(second))
                    }
                });
            let Some(clause) = clause.filter(|_| word.start > from.start) else {
                continue;
            };
            let content = match CLAUSES[clause].contains(' ') {
                true => next.map_or(word.end, |next| next.end),
                false => word.end,
            };
            starts.push((clause, word.start, content));
        }
        for (at, (clause, _, content)) in starts.iter().enumerate() {
            let end = starts
                .get(at + 1)
                .map_or(text.len(), |(_, start, _)| *start);
            parts[*clause] = text.get(*content..end).map(str::trim);
        }
        let [condition, group_by, order_by, limit, offset] = parts;
        if offset.is_some() || limit.is_some_and(|limit| limit.contains(',')) {
            return refuse("the rows are walked from the first one on; leave OFFSET out");
        }
        let limit = match limit.map(str::parse) {
            None => None,
            Some(Ok(limit)) if limit > 0 => Some(limit),
            Some(_) => return refuse("LIMIT is no number of rows"),
        };
        let head_end = starts.first().map_or(text.len(), |(_, start, _)| *start);
        let columns = text.get(..from.start).unwrap_or_default();
        Ok(Query {
            head: text.get(..head_end).unwrap_or_default().trim(),
            condition,
            group_by,
            order_by,
            limit,
            // Columns hold no other brackets than those of aggregates.
            has_aggregate: columns.contains('('),
        })
    }

    /// Whether the rows may come by ascending id.
    pub(super) fn is_by_id(&self) -> bool {
        let is_by_id = self.order_by.is_none_or(|order| {
            let words: Vec<&str> = order.split_whitespace().collect();
            match words.as_slice() {
                [field] => *field == "id",
                [field, direction] => *field == "id" && direction.eq_ignore_ascii_case("asc"),
                _ => false,
            }
        });
        is_by_id && self.group_by.is_none() && !self.has_aggregate
    }

    /// The rows after this id.
    pub(super) fn after(&self, last_id: Option<&RecordId>, limit: u64) -> String {
        let after = last_id.map(|id| format!("id > '{id}'"));
        let condition = match (self.condition, after) {
            (Some(condition), Some(after)) => format!(" where (({condition}) and {after})"),
            (Some(condition), None) => format!(" where {condition}"),
            (None, Some(after)) => format!(" where {after}"),
            // Zoho demands a condition.
            (None, None) => " where id is not null".to_owned(),
        };
        format!("{}{condition} order by id asc limit {limit}", self.head)
    }

    /// The rows from this one on, counted from zero.
    pub(super) fn rows_from(&self, row: u64, limit: u64) -> String {
        let mut text = self.head.to_owned();
        let clauses = [
            ("where", self.condition),
            ("group by", self.group_by),
            ("order by", self.order_by),
        ];
        for (clause, content) in clauses {
            if let Some(content) = content {
                text.push_str(&format!(" {clause} {content}"));
            }
        }
        text.push_str(&format!(" limit {limit} offset {row}"));
        text
    }
}

#[derive(Debug)]
struct Word<'a> {
    text: &'a str,
    start: usize,
    end: usize,
}

impl Word<'_> {
    fn is(&self, keyword: &str) -> bool {
        self.text.eq_ignore_ascii_case(keyword)
    }
}

/// The words outside of quotes and brackets.
fn outer_words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut depth = 0usize;
    let mut is_quoted = false;
    let mut is_escaped = false;
    let mut start = None;
    let end_of_text = std::iter::once((text.len(), ' '));
    for (at, c) in text.char_indices().chain(end_of_text) {
        if is_quoted {
            is_quoted = is_escaped || c != '\'';
            is_escaped = !is_escaped && c == '\\';
            continue;
        }
        let is_part = depth == 0 && !c.is_whitespace() && !matches!(c, '\'' | '(' | ')' | ',');
        match (start, is_part) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                words.push(Word {
                    text: text.get(from..at).unwrap_or_default(),
                    start: from,
                    end: at,
                });
                start = None;
            }
            _ => {}
        }
        match c {
            '\'' => is_quoted = true,
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> Query<'_> {
        Query::parse("query records", text).unwrap()
    }

    fn after(text: &str, id: Option<&str>) -> String {
        let id = id.map(|id| id.parse().unwrap());
        parse(text).after(id.as_ref(), 2000)
    }

    #[test]
    fn a_page_follows_the_last_id_of_the_page_before() {
        let query = "SELECT Last_Name FROM Leads WHERE City = 'Rome' or City = 'Bern'";
        assert_eq!(
            after(query, None),
            "SELECT Last_Name FROM Leads where City = 'Rome' or City = 'Bern' order by id asc limit 2000"
        );
        assert_eq!(
            after(query, Some("7")),
            "SELECT Last_Name FROM Leads where ((City = 'Rome' or City = 'Bern') and id > '7') order by id asc limit 2000"
        );
        assert_eq!(
            after("select id from Leads", None),
            "select id from Leads where id is not null order by id asc limit 2000"
        );
    }

    #[test]
    fn keywords_in_texts_brackets_and_names_are_none() {
        let query = r"select limit_x, 'a order by b' from Leads where (A in (select id from Accounts where id > '1' limit 5) and N = ' limit 3 \' order by ') limit 70";
        let parsed = parse(query);
        assert_eq!(parsed.limit, Some(70));
        assert!(parsed.is_by_id());
        assert!(parsed.condition.unwrap().ends_with(r"order by ')"));
        assert_eq!(parsed.head, "select limit_x, 'a order by b' from Leads");
    }

    #[test]
    fn what_cannot_go_by_id_goes_by_offset() {
        for (query, expected) in [
            ("select A from B where C is not null order by id ASC", true),
            (
                "select A from B where C is not null order by id desc",
                false,
            ),
            ("select A from B where C is not null order by A, id", false),
            ("select COUNT(id) from B where C is not null", false),
            ("select A from B where C is not null group by A", false),
        ] {
            assert_eq!(parse(query).is_by_id(), expected, "{query}");
        }
        let query = "select A from B where C = 1 group by A order by A desc limit 9";
        assert_eq!(
            parse(query).rows_from(4, 5),
            "select A from B where C = 1 group by A order by A desc limit 5 offset 4"
        );
    }

    #[test]
    fn what_cannot_be_walked_is_told() {
        for query in [
            "",
            "update Leads",
            "select A",
            "select A from B where C = 1 limit 10, 20",
            "select A from B where C = 1 limit 10 offset 20",
            "select A from B where C = 1 limit many",
            "select A from B where C = 1 limit 0",
        ] {
            let error = Query::parse("query records", query).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Input, "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_taken_apart_or_turned_down(text in "(?s).{0,80}", head in "select a from b( where)? ") {
            let _ = Query::parse("query records", &text);
            let _ = Query::parse("query records", &format!("{head}{text}"));
        }
    }
}
