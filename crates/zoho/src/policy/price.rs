//! Zoho's credit table (`crm/developer/docs/api/v8/api-limits.html`): what each call costs and how heavy it is.

use serde_json::value::RawValue;

use super::CallCost;

const fn cost(operation: &'static str, credits: u32, is_heavy: bool) -> CallCost {
    CallCost {
        operation,
        credits,
        concurrency_units: 1,
        is_heavy,
    }
}

/// Metadata, one record, counts, deletes of up to 100 records, and what the table does not name.
///
/// unknown: whether mass updates, changes of owner and files cost more.
pub(crate) const fn light(operation: &'static str) -> CallCost {
    cost(operation, 1, false)
}

/// Searches are heavy.
pub(crate) const fn search(operation: &'static str) -> CallCost {
    cost(operation, 1, true)
}

/// A list costs more when it goes by a custom view, and is heavy then or when it is sorted.
pub(crate) const fn list(
    operation: &'static str,
    has_custom_view: bool,
    is_sorted: bool,
) -> CallCost {
    cost(
        operation,
        if has_custom_view { 3 } else { 1 },
        has_custom_view || is_sorted,
    )
}

/// Writes cost a credit per started ten records and are heavy above ten.
pub(crate) fn write(operation: &'static str, records: usize) -> CallCost {
    let tens = u32::try_from(records.div_ceil(10)).unwrap_or(u32::MAX);
    cost(operation, tens.max(1), records > 10)
}

/// COQL goes by the rows that the query's LIMIT allows, and is heavy.
pub(crate) fn coql(operation: &'static str, body: &[u8]) -> CallCost {
    cost(operation, coql_credits(Some(body)), true)
}

/// Adding and removing tags costs a credit per started fifty records.
pub(crate) fn tags(operation: &'static str, records: usize) -> CallCost {
    let fifties = u32::try_from(records.div_ceil(50)).unwrap_or(u32::MAX);
    cost(operation, fifties.max(1), false)
}

/// A mass delete costs a credit per started hundred records.
pub(crate) fn mass_delete(operation: &'static str, records: usize) -> CallCost {
    let hundreds = u32::try_from(records.div_ceil(100)).unwrap_or(u32::MAX);
    cost(operation, hundreds.max(1), false)
}

/// A lead's conversion is heavy.
pub(crate) const fn convert(operation: &'static str) -> CallCost {
    cost(operation, 5, true)
}

/// A mail is heavy.
pub(crate) const fn send_mail(operation: &'static str) -> CallCost {
    cost(operation, 20, true)
}

/// A merge of records.
pub(crate) const fn merge(operation: &'static str) -> CallCost {
    cost(operation, 50, false)
}

/// A new bulk read; looking at it and loading it are light.
pub(crate) const fn bulk_read(operation: &'static str) -> CallCost {
    cost(operation, 50, false)
}

/// A new bulk write; looking at it is light.
pub(crate) const fn bulk_write(operation: &'static str) -> CallCost {
    cost(operation, 500, false)
}

/// The second credit is only charged for a rollback mode that succeeds; both are set aside then.
pub(crate) const fn composite(operation: &'static str, has_rollback: bool) -> CallCost {
    CallCost {
        operation,
        credits: if has_rollback { 2 } else { 1 },
        concurrency_units: 5,
        is_heavy: true,
    }
}

/// The price of a call that is given by its path, for [`Crm::raw`](crate::crm::Crm::raw).
pub(crate) fn raw(
    is_read: bool,
    path: &str,
    query: &[(String, String)],
    body: Option<&[u8]>,
) -> CallCost {
    const OPERATION: &str = "raw call";
    let has = |name: &str| query.iter().any(|(key, _)| key == name);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match (is_read, parts.as_slice()) {
        (false, ["crm", "bulk", _, "read"]) => bulk_read(OPERATION),
        (false, ["crm", "bulk", _, "write"]) => bulk_write(OPERATION),
        (false, ["crm", _, "settings", "modules"]) => cost(OPERATION, 500, false),
        (false, ["crm", _, "coql"]) => cost(OPERATION, coql_credits(body), true),
        // Whether a rollback is asked for is not looked at.
        (false, ["crm", _, "__composite_requests"]) => composite(OPERATION, true),
        (false, [.., "actions", "convert"]) => convert(OPERATION),
        (false, [.., "actions", "send_mail"]) => send_mail(OPERATION),
        (false, [.., "actions", "merge"]) => merge(OPERATION),
        (false, [.., "actions", "add_tags" | "remove_tags"]) => tags(OPERATION, ids(body)),
        (false, ["crm", _, _] | ["crm", _, _, "upsert"]) => write(OPERATION, rows(body)),
        (true, [.., "search"]) => search(OPERATION),
        (true, ["crm", _, _]) => list(OPERATION, has("cvid"), has("sort_by")),
        _ => light(OPERATION),
    }
}

fn rows(body: Option<&[u8]>) -> usize {
    #[derive(serde::Deserialize)]
    struct Rows<'a> {
        #[serde(borrow)]
        data: Vec<&'a RawValue>,
    }
    body.and_then(|body| serde_json::from_slice::<Rows<'_>>(body).ok())
        .map_or(1, |rows| rows.data.len())
}

fn ids(body: Option<&[u8]>) -> usize {
    #[derive(serde::Deserialize)]
    struct Ids<'a> {
        #[serde(borrow)]
        ids: Vec<&'a RawValue>,
    }
    body.and_then(|body| serde_json::from_slice::<Ids<'_>>(body).ok())
        .map_or(1, |ids| ids.ids.len())
}

/// By the query's LIMIT: up to 200 rows 1 credit, up to 1,000 rows 2, beyond 3.
fn coql_credits(body: Option<&[u8]>) -> u32 {
    let text = body
        .map(String::from_utf8_lossy)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let limit = text.rsplit_once("limit").and_then(|(_, rest)| {
        // `limit 10, 200` skips ten rows and gives two hundred.
        let numbers = rest.split(|c: char| !c.is_ascii_digit() && !matches!(c, ',' | ' '));
        let rows = numbers.into_iter().next()?.rsplit(',').next()?;
        rows.split_whitespace().next()?.parse().ok()
    });
    match limit.unwrap_or(200u32) {
        0..=200 => 1,
        201..=1000 => 2,
        1001.. => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_costs_one_credit_per_started_ten() {
        let prices: Vec<_> = [1, 10, 11, 100]
            .map(|rows| write("w", rows))
            .map(|c| (c.credits, c.is_heavy))
            .into();
        assert_eq!(prices, [(1, false), (1, false), (2, true), (10, true)]);
    }

    #[test]
    fn raw_calls_are_priced_by_their_path() {
        let post = |path: &str, body: &str| raw(false, path, &[], Some(body.as_bytes())).credits;
        assert_eq!(
            post(
                "/crm/v8/Leads",
                r#"{"data":[{},{},{},{},{},{},{},{},{},{},{}]}"#
            ),
            2
        );
        assert_eq!(post("/crm/v8/Leads/upsert", r#"{"data":[{}]}"#), 1);
        assert_eq!(
            post(
                "/crm/v8/coql",
                r#"{"select_query":"select id from Leads where id is not null LIMIT 2000"}"#
            ),
            3
        );
        assert_eq!(
            post(
                "/crm/v8/coql",
                r#"{"select_query":"select id from Leads where id is not null"}"#
            ),
            1
        );
        assert_eq!(post("/crm/v8/Leads/1/actions/convert", "{}"), 5);
        let ids: Vec<String> = (0..51).map(|id| format!("\"{id}\"")).collect();
        let body = format!(r#"{{"tags":[{{"name":"a"}}],"ids":[{}]}}"#, ids.join(","));
        assert_eq!(post("/crm/v8/Leads/actions/add_tags", &body), 2);
        assert_eq!(post("/crm/bulk/v8/write", "{}"), 500);
        let view = [("cvid".to_owned(), "1".to_owned())];
        assert_eq!(raw(true, "/crm/v8/Leads", &view, None).credits, 3);
        assert_eq!(raw(true, "/crm/v8/org", &[], None).credits, 1);
    }
}
