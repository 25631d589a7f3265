//! Many rows in few statements: a statement per row costs several times the insert itself.

use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteConnection};

/// Sizes in which rows are grouped. Few sizes mean few statements, which the connection keeps prepared.
const SIZES: [usize; 4] = [100, 25, 5, 1];

pub(super) type Bound<'q> = Query<'q, Sqlite, SqliteArguments>;

/// Runs `{head} (?, ?), (?, ?) {tail}` over all rows, with `columns` values each, bound by `bind`. Answers how many rows
/// were written.
pub(super) async fn write_rows<'q, T>(
    connection: &mut SqliteConnection,
    head: &str,
    columns: usize,
    tail: &str,
    rows: &'q [T],
    bind: impl for<'a> Fn(Bound<'a>, &'q T) -> Bound<'a>,
) -> Result<u64, sqlx::Error> {
    let mut rest = rows;
    let mut affected = 0;
    for size in SIZES {
        while rest.len() >= size {
            let (group, after) = rest.split_at(size);
            rest = after;
            let statement = sqlx::AssertSqlSafe(statement(head, columns, tail, size));
            let mut query = sqlx::query(statement);
            for row in group {
                query = bind(query, row);
            }
            affected += query.execute(&mut *connection).await?.rows_affected();
        }
    }
    Ok(affected)
}

fn statement(head: &str, columns: usize, tail: &str, size: usize) -> String {
    let row = format!("({})", vec!["?"; columns].join(", "));
    format!("{head} {} {tail}", vec![row; size].join(", "))
}
