//! COQL: Zoho's query language, one page or all rows.

use futures_util::stream::Stream;
use serde_json::json;

use super::page::WirePage;
use super::{Crm, Page, Record, RecordId};
use crate::call::Call;
use crate::client::Client;
use crate::policy::price;
use crate::{Error, ErrorKind, paginate};

mod query;

use query::Query;

const OPERATION: &str = "query records";

/// Most rows of one COQL call.
pub const COQL_ROWS_PER_CALL_MAX: u32 = 2000;

impl Crm {
    /// Asks a COQL query (`crm/developer/docs/api/v8/Get-Records-through-COQL-Query.html`), such as
    /// `select Last_Name, Account_Name.Account_Name from Contacts where Email is not null`. Scopes:
    /// `ZohoCRM.coql.READ` and the module's.
    ///
    /// Unlike a search it sees what was just written. Text goes into single quotes; [`quoted`](Coql::quoted) makes such
    /// a text.
    ///
    /// ```no_run
    /// use futures_util::TryStreamExt;
    /// use zoho::crm::Coql;
    ///
    /// # async fn f(crm: zoho::crm::Crm) -> Result<(), zoho::Error> {
    /// let query = format!("select Last_Name from Leads where Company = {}", Coql::quoted("O'Brien & Co"));
    /// let all: Vec<_> = crm.coql(query).stream().try_collect().await?;
    /// println!("{} leads", all.len());
    /// # Ok(())
    /// # }
    /// ```
    pub fn coql(&self, query: impl Into<String>) -> Coql {
        Coql {
            client: self.client.clone(),
            query: query.into(),
            rows_per_call: COQL_ROWS_PER_CALL_MAX,
        }
    }
}

/// A query in the making.
///
/// Limits of Zoho: 2,000 rows a call (200 without `LIMIT`), 100,000 by `LIMIT` and `OFFSET`, 500 columns, 25 conditions,
/// of which [`Coql::stream`] adds one. It costs 1 credit up to 200 rows asked for, 2 up to 1,000, 3 beyond, and is heavy.
#[derive(Clone)]
#[must_use = "nothing is sent before `send` or `stream`"]
pub struct Coql {
    client: Client,
    query: String,
    rows_per_call: u32,
}

impl Coql {
    /// A text as COQL writes it: in single quotes, with quotes and backslashes in it escaped.
    #[must_use]
    pub fn quoted(text: &str) -> String {
        let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
        format!("'{escaped}'")
    }

    /// For streams: rows per call, 1 to 2,000; the default is 2,000.
    pub fn rows_per_call(mut self, rows: u32) -> Coql {
        self.rows_per_call = rows;
        self
    }

    /// Sends the query as it is, and gives its rows. What was not selected is not there, but `id` always is, unless the
    /// query has aggregates.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`] with Zoho's code, such as `SYNTAX_ERROR` or `INVALID_QUERY`, and the place in
    /// [`Error::details`]; otherwise see [`ErrorKind`].
    pub async fn send(&self) -> Result<Page<Record>, Error> {
        ask(&self.client, &self.query).await
    }

    /// All rows of the query, however many, page by page.
    ///
    /// Rows come by ascending `id`, each page beginning after the last id of the page before, so that nothing is missed
    /// or met twice while others write, and no 100,000 are the end. A `LIMIT` of the query is the number of rows at
    /// which the stream ends. A query that is sorted otherwise, grouped, or has aggregates is walked by `OFFSET`, in its
    /// own order, up to Zoho's 100,000 rows.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for a query that is no `SELECT … FROM`, or that has an `OFFSET` of its own; otherwise as
    /// [`Coql::send`].
    pub fn stream_pages(self) -> impl Stream<Item = Result<Page<Record>, Error>> + Send {
        let first = Walk {
            client: self.client,
            query: self.query,
            rows_per_call: self.rows_per_call,
            rows_read: 0,
            last_id: None,
        };
        paginate::pages(first, Walk::step)
    }

    /// Row after row; see [`Coql::stream_pages`].
    pub fn stream(self) -> impl Stream<Item = Result<Record, Error>> + Send {
        paginate::items(self.stream_pages(), |page| page.records)
    }
}

/// Shows no query: it may hold personal data.
impl std::fmt::Debug for Coql {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Coql")
            .field("rows_per_call", &self.rows_per_call)
            .finish_non_exhaustive()
    }
}

struct Walk {
    client: Client,
    query: String,
    rows_per_call: u32,
    rows_read: u64,
    last_id: Option<RecordId>,
}

impl Walk {
    async fn step(mut self) -> Result<(Page<Record>, Option<Walk>), Error> {
        if !(1..=COQL_ROWS_PER_CALL_MAX).contains(&self.rows_per_call) {
            let message = format!(
                "{} rows per call are not possible; use 1 to {COQL_ROWS_PER_CALL_MAX}",
                self.rows_per_call
            );
            return Err(Error::new(ErrorKind::Input, OPERATION, message));
        }
        let query = Query::parse(OPERATION, &self.query)?;
        let wanted = query
            .limit
            .map(|limit| limit.saturating_sub(self.rows_read));
        let limit = u64::from(self.rows_per_call).min(wanted.unwrap_or(u64::MAX));
        let is_by_id = query.is_by_id();
        let text = match is_by_id {
            true => query.after(self.last_id.as_ref(), limit),
            false => query.rows_from(self.rows_read, limit),
        };
        let page = ask(&self.client, &text).await?;
        let count = u64::try_from(page.records.len()).unwrap_or(u64::MAX);
        self.rows_read = self.rows_read.saturating_add(count);
        let is_full = query.limit.is_some_and(|limit| self.rows_read >= limit);
        if !page.info.more_records || is_full {
            return Ok((page, None));
        }
        let endless = |message: &str| Error::new(ErrorKind::BrokenAnswer, OPERATION, message);
        let last = page.records.last();
        let last = last.ok_or_else(|| endless("more rows follow an empty page"))?;
        if is_by_id {
            let last = last.id();
            if last.is_none() || last == self.last_id {
                return Err(endless("the rows have no ids to go on from"));
            }
            self.last_id = last;
        }
        Ok((page, Some(self)))
    }
}

async fn ask(client: &Client, query: &str) -> Result<Page<Record>, Error> {
    let path = super::path(OPERATION, &["coql"])?;
    let body = json!({"select_query": query}).to_string();
    let cost = price::coql(OPERATION, body.as_bytes());
    let call = Call::read_by_post(path, cost, body.into());
    client
        .call(&call, |reply| reply.json::<WirePage<Record>>())
        .await
        .map(Page::from)
}
