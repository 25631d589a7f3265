//! Importing a CSV file: read rows, send them in batches, find out which were known already, sum up.
//!
//! Rows are read by a thread of their own ([`read`]) and sent by [`upload`] with a few batches in flight. A batch whose
//! answer was lost is sent again: each row has a `messageId` made from its content, so that nothing is doubled.

mod batch;
mod columns;
mod known;
mod lines;
mod progress;
mod read;
mod refusals;
mod row;
mod sniff;
mod summary;
mod upload;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

pub(crate) use columns::Columns;
pub(crate) use summary::Summary;

use crate::remote::Remote;
use known::Inquiry;
use progress::Progress;
use refusals::Refusals;
use upload::Upload;

/// Batches that are read ahead of the network.
const BATCHES_WAITING_MAX: usize = 4;

/// What to import, and how.
pub(crate) struct ImportPlan {
    pub(crate) file: PathBuf,
    pub(crate) route: String,
    pub(crate) is_dry_run: bool,
    pub(crate) delimiter: Option<u8>,
    pub(crate) columns: Columns,
    pub(crate) patience: Duration,
    pub(crate) refused_file: Option<PathBuf>,
}

/// Runs an import. Fails before anything is sent when file or columns cannot be used; when it breaks off later, the
/// summary of what was done comes together with the reason.
pub(crate) async fn run(
    remote: &Remote,
    plan: &ImportPlan,
) -> anyhow::Result<(Summary, anyhow::Result<()>)> {
    let input = read::open(plan)?;
    let refusals = Refusals::open(plan.refused_file.as_deref(), input.headings())?;
    let inquiry = Inquiry::begin(remote, plan.patience).await?;
    let progress = Progress::start(input.bytes());
    let (sender, batches) = tokio::sync::mpsc::channel(BATCHES_WAITING_MAX);
    let reading = tokio::task::spawn_blocking(move || input.send_to(&sender));

    let mut upload = Upload::new(remote, plan, refusals, &progress);
    let uploaded = upload.run(batches).await;
    let read = reading.await.context("the reading of the file broke off")?;
    let mut summary = upload.into_summary(plan)?;
    let mut ending = uploaded
        .and(read.with_context(|| format!("{} could not be read to its end", plan.file.display())));
    if !plan.is_dry_run {
        progress.say("looking for rows that were known already");
        let counted = inquiry.settle(&mut summary).await;
        ending = ending.and(counted);
    }
    progress.finish();
    summary.is_complete = ending.is_ok();
    if summary.stored == 0 {
        ending?;
        return Ok((summary, Ok(())));
    }
    let ending = ending.context(
        "the import broke off; run the same command again, rows that are stored already are recognised",
    );
    Ok((summary, ending))
}
