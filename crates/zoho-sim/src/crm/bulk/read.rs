//! Bulk read: a job that writes a page of records, 200,000 of them unless the limits say otherwise, into a file.

mod columns;
pub(super) mod create;
mod criteria;
mod ics;
pub(super) mod status;

use sha2::{Digest as _, Sha256};

use super::{callback, zipped};
use crate::crm::query::Criteria;
use crate::world::World;
use crate::world::blob::Blob;
use crate::world::bulk::{BulkRead, ReadResult};
use crate::world::jobs::{JobHead, JobState};
use crate::world::outbox::LetterKind;
use columns::Columns;

/// Meetings of one calendar file.
const CALENDAR_PER_PAGE: usize = 20_000;
/// Pages that can be asked for by number.
const PAGE_MAX: usize = 50;
/// How long a page token lives.
const TOKEN_SECONDS: i64 = 24 * 60 * 60;

/// Does the work of a job; false when it failed.
pub(crate) fn run(world: &mut World, head: JobHead, job: &mut BulkRead) -> bool {
    job.result = result(world, head, job, per_page(job));
    let state = if job.result.is_some() {
        JobState::Completed
    } else {
        JobState::Failed
    };
    if let Some(to) = job.callback.clone() {
        let body = status::describe(world, &head, state, job, head.ends_at);
        let kind = LetterKind::BulkRead;
        callback::send(world, &to, kind, head.id, &job.module, &body);
    }
    job.result.is_some()
}

fn per_page(job: &BulkRead) -> usize {
    if job.is_calendar {
        CALENDAR_PER_PAGE
    } else {
        job.rows_max
    }
}

/// The file; none when the module, its fields or the criteria are not there any more.
fn result(world: &World, head: JobHead, job: &BulkRead, per_page: usize) -> Option<ReadResult> {
    let position = world.table_position(&job.module)?;
    let table = &world.tables[position];
    let criteria = match &job.criteria {
        None => None,
        Some(json) => Some(Criteria::parse(world, position, json).ok()?),
    };
    let skipped = match job.after {
        Some(_) => 0,
        None => (job.page - 1).saturating_mul(per_page),
    };
    let mut found = table
        .by_id(false, job.after)
        .filter(|record| criteria.as_ref().is_none_or(|all| all.hold(world, record)))
        .skip(skipped);
    let records: Vec<_> = found.by_ref().take(per_page).collect();
    let has_more = found.next().is_some();
    let last = records.last().map(|record| record.id);
    let file = if job.is_calendar {
        (
            format!("{}.ics", head.id),
            ics::print(world, table, &records),
        )
    } else {
        let columns = Columns::find(world, position, job.fields.as_deref())?;
        let csv = columns.print(world, table, &records)?;
        (format!("{}.csv", head.id), csv)
    };
    Some(ReadResult {
        count: records.len(),
        has_more,
        last,
        next_page_token: has_more.then(|| page_token(head.id)),
        made_at: head.ends_at,
        file: Some(Blob(zipped::pack(&[file]).ok()?)),
    })
}

/// The token by which the page after that of a job is asked for. It stands for the job, so it is bound to its user.
fn page_token(job: u64) -> String {
    let digest = Sha256::digest(format!("page after {job}"));
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::config::Edition;
    use crate::rows::{self, Author};
    use crate::seed::Seed;

    #[test]
    fn pages_follow_each_other_by_number_and_by_the_last_record() {
        let mut world = World::build(&Seed::empty(), Edition::default(), 0).unwrap();
        let table = world.table_position("Leads").unwrap();
        let author = Author::new(world.first_user_id(), 0);
        for number in 0..5 {
            let row = json!({"Last_Name": format!("L{number}"), "Company": "C"});
            rows::insert(&mut world, table, row.as_object().unwrap(), 0, author).unwrap();
        }
        let mut job = BulkRead {
            module: "Leads".to_owned(),
            fields: Some(vec!["Last_Name".to_owned()]),
            criteria: None,
            cvid: None,
            page: 1,
            after: None,
            is_calendar: false,
            rows_max: crate::limits::bulk_read_rows(),
            callback: None,
            result: None,
            downloads: Vec::new(),
        };
        let head = JobHead {
            id: 1,
            user: author.user,
            created_at: 0,
            starts_at: 0,
            ends_at: 0,
        };
        let names = |result: &ReadResult| {
            let files = zipped::unpack(&result.file.as_ref().unwrap().0).unwrap();
            let text = String::from_utf8(files[0].1.clone()).unwrap();
            let lines = text.lines().skip(1);
            lines
                .map(|line| line[line.len() - 2..].to_owned())
                .collect::<Vec<_>>()
        };
        let first = result(&world, head, &job, 2).unwrap();
        assert_eq!(names(&first), ["L0", "L1"]);
        assert!(first.has_more && first.next_page_token.is_some());
        job.page = 2;
        assert_eq!(names(&result(&world, head, &job, 2).unwrap()), ["L2", "L3"]);
        job.after = first.last;
        let second = result(&world, head, &job, 3).unwrap();
        assert_eq!(names(&second), ["L2", "L3", "L4"]);
        assert!(!second.has_more && second.next_page_token.is_none());
    }
}
