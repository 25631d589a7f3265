//! Parameters that several endpoints read: pages, times in headers, the module of a settings call.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::catalog::{self, Refusal};
use crate::http::{Answer, Call, Query};
use crate::world::{World, parse_id, parse_time};

/// Rows of one page.
pub(crate) const PER_PAGE_MAX: usize = 200;

/// A whole number of a parameter between two bounds, or the default when it is absent.
pub(crate) fn number(
    query: &Query,
    name: &str,
    default: usize,
    from: usize,
    to: usize,
) -> Result<usize, Refusal> {
    match query.get(name) {
        None => Ok(default),
        Some(text) => match text.parse::<usize>() {
            Ok(number) if (from..=to).contains(&number) => Ok(number),
            _ => Err(catalog::invalid_param(name)),
        },
    }
}

/// The page of a list that a call asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) number: usize,
    pub(crate) per_page: usize,
}

impl Page {
    /// From `page` and `per_page`.
    pub(crate) fn read(query: &Query) -> Result<Self, Refusal> {
        Ok(Self {
            per_page: number(query, "per_page", PER_PAGE_MAX, 1, PER_PAGE_MAX)?,
            number: number(query, "page", 1, 1, usize::MAX / PER_PAGE_MAX)?,
        })
    }

    /// How many of a list stand on the pages before.
    pub(crate) fn skipped(self) -> usize {
        (self.number - 1).saturating_mul(self.per_page)
    }

    /// What of a list stands on the page.
    pub(crate) fn of<T>(self, all: &[T]) -> &[T] {
        let all = all.get(self.skipped()..).unwrap_or_default();
        &all[..self.per_page.min(all.len())]
    }

    /// Whether a list of this length goes on behind the page.
    pub(crate) fn has_more(self, length: usize) -> bool {
        length > self.skipped().saturating_add(self.per_page)
    }

    /// What `info` says of the page of a list of this length.
    pub(crate) fn info(self, length: usize) -> Value {
        let count = length.saturating_sub(self.skipped()).min(self.per_page);
        json!({
            "per_page": self.per_page,
            "count": count,
            "page": self.number,
            "more_records": self.has_more(length),
        })
    }

    /// The page of a list under its key with `info`; 204 when nothing stands on it.
    pub(crate) fn answer<T>(
        self,
        key: &str,
        all: &[T],
        describe: impl FnMut(&T) -> Value,
    ) -> Answer {
        let shown: Vec<Value> = self.of(all).iter().map(describe).collect();
        if shown.is_empty() {
            return Answer::empty(StatusCode::NO_CONTENT);
        }
        let body = json!({key: shown, "info": self.info(all.len())});
        Answer::json(StatusCode::OK, &body)
    }
}

/// The texts of `ids`, of which one call takes no more than `maximum`.
pub(crate) fn id_texts(query: &Query, maximum: usize) -> Result<Option<Vec<&str>>, Refusal> {
    match query.list("ids") {
        Some(ids) if ids.len() > maximum => Err(catalog::param_limit_exceeded("ids", maximum)),
        ids => Ok(ids),
    }
}

/// The same where `ids` must be there, as it must to delete many.
pub(crate) fn required_id_texts(query: &Query, maximum: usize) -> Result<Vec<&str>, Refusal> {
    id_texts(query, maximum)?.ok_or_else(|| catalog::required_param_missing("ids"))
}

/// The ids of `ids`, each of which must be one.
pub(crate) fn ids<C: FromIterator<u64>>(
    query: &Query,
    maximum: usize,
) -> Result<Option<C>, Refusal> {
    let Some(texts) = id_texts(query, maximum)? else {
        return Ok(None);
    };
    let ids: Option<C> = texts.into_iter().map(parse_id).collect();
    ids.map(Some).ok_or_else(|| catalog::invalid_param("ids"))
}

/// One of the known words of a parameter.
pub(crate) fn word<'a>(
    query: &Query,
    name: &str,
    known: &[&'a str],
    default: &'a str,
) -> Result<&'a str, Refusal> {
    match query.get(name) {
        None => Ok(default),
        Some(text) => {
            let found = known.iter().find(|word| word.eq_ignore_ascii_case(text));
            found
                .copied()
                .ok_or_else(|| catalog::unsupported_param(name, known))
        }
    }
}

/// The time of a header such as `If-Modified-Since`: ISO 8601 with an offset, not the form that HTTP uses.
///
/// unknown: what Zoho answers to a time that it cannot read.
pub(crate) fn time_header(call: &Call, name: &str) -> Result<Option<i64>, Refusal> {
    match call.header(name) {
        None => Ok(None),
        Some(text) => parse_time(text.trim())
            .map(Some)
            .ok_or_else(|| catalog::invalid_param(name)),
    }
}

/// The table of the mandatory `module` parameter.
pub(crate) fn module(world: &World, call: &Call) -> Result<usize, Refusal> {
    let name = call
        .query
        .get("module")
        .ok_or_else(|| catalog::required_param_missing("module"))?;
    world
        .table_position(name)
        .ok_or_else(|| catalog::invalid_module(json!({"param_name": "module"})))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Result<Page, Refusal> {
        Page::read(&Query::parse(query.as_bytes()))
    }

    #[test]
    fn pages_cover_a_list_once_and_know_whether_it_goes_on() {
        let all: Vec<usize> = (0..5).collect();
        for (query, shown, has_more) in [
            ("per_page=2", &all[..2], true),
            ("per_page=2&page=2", &all[2..4], true),
            ("per_page=2&page=3", &all[4..], false),
            ("per_page=5", &all[..], false),
            ("", &all[..], false),
            ("per_page=2&page=4", &[][..], false),
            ("per_page=200&page=92233720368547758", &[][..], false),
        ] {
            let page = page(query).unwrap();
            assert_eq!(page.of(&all), shown, "{query}");
            let info = page.info(all.len());
            assert_eq!(
                (&info["count"], &info["more_records"]),
                (&json!(shown.len()), &json!(has_more)),
                "{query}"
            );
        }
        for bad in ["page=0", "per_page=201", "per_page=x", "page=-1"] {
            assert!(page(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_are_counted_and_read() {
        let query = Query::parse(b"ids=3,4,,5");
        assert_eq!(ids(&query, 3).unwrap(), Some(vec![3, 4, 5]));
        let refused = |query: &str| {
            let ids = ids::<Vec<u64>>(&Query::parse(query.as_bytes()), 2);
            ids.unwrap_err().code
        };
        assert_eq!(refused("ids=3,4,5"), "LIMIT_EXCEEDED");
        assert_eq!(refused("ids=3,x"), "INVALID_DATA");
        assert_eq!(ids::<Vec<u64>>(&Query::parse(b""), 2).unwrap(), None);
        let missing = required_id_texts(&Query::parse(b""), 2).unwrap_err();
        assert_eq!(missing.code, "REQUIRED_PARAM_MISSING");
    }
}
