//! The intake log: a database file of its own, so that a burst of deliveries never holds up an incoming event.
//!
//! One task owns the writing connection. It takes whatever has gathered while the last commit was being flushed
//! to disk, writes it as one row, and answers all senders when that row is safe: group commit. Rows that have
//! been planned are removed by the same task when it has nothing else to do.

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::store::{StoreError, pool};

const READERS_MAX: u32 = 2;
/// Requests that may wait for the writer.
const QUEUE_MAX: usize = 4_096;
/// Pages of the file: rows are large, and a row over few pages is written in few calls.
const PAGE_BYTES: u32 = 16 * 1024;
/// Bytes that one row may hold before a second one is begun.
const ROW_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How long a sender waits for a place in the queue.
const QUEUE_PATIENCE: Duration = Duration::from_secs(2);
/// How long the writer waits for a lock that another program holds on the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);
/// Planned rows that are removed at a time.
const PRUNE_ROWS_MAX: i64 = 2_000;

/// How long the writer has nothing to do before it removes what is planned.
const PRUNE_WHEN_IDLE_FOR: Duration = Duration::from_millis(200);

/// From so many waiting requests on, intake counts as pressed; accepting comes first then, but planning never stops.
const PRESSED_FROM: usize = 4;
const PAUSE_WHEN_PRESSED: Duration = Duration::from_millis(200);
/// From so many on, it takes all that the machine can give.
const HARD_PRESSED_FROM: usize = 32;
const PAUSE_WHEN_HARD_PRESSED: Duration = Duration::from_secs(1);

/// Encoded events of one request, on their way to the log.
struct Append {
    events: usize,
    frames: Vec<u8>,
    done: oneshot::Sender<Result<(), String>>,
}

/// The log in its SQLite file.
#[derive(Debug)]
pub struct IntakeLog {
    queue: mpsc::Sender<Append>,
    readers: SqlitePool,
    planned_through: Arc<AtomicI64>,
    /// Told after each commit.
    grown: Arc<Notify>,
    stop: CancellationToken,
    /// Why the last row could not be written, if it could not.
    failure: Arc<Mutex<Option<String>>>,
    /// Requests that wait for their row to be on disk.
    waiting: AtomicUsize,
}

/// A row of the log.
#[derive(Debug, sqlx::FromRow)]
pub struct LogRow {
    pub seq: i64,
    pub frames: Vec<u8>,
}

impl IntakeLog {
    /// Makes the frames of `events` events durable.
    ///
    /// # Errors
    /// Why they are not stored, in words for the sender.
    pub async fn append(&self, events: usize, frames: Vec<u8>) -> Result<(), String> {
        let _waiting = Waiting::begin(&self.waiting);
        let (done, committed) = oneshot::channel();
        let append = Append {
            events,
            frames,
            done,
        };
        self.queue
            .send_timeout(append, QUEUE_PATIENCE)
            .await
            .map_err(|_| "too many events wait to be written".to_owned())?;
        committed
            .await
            .map_err(|_| "the writer of the intake log has stopped".to_owned())?
    }

    /// Opens the file, which was planned up to `planned_through`, and starts its writer, which runs until [`IntakeLog::stop_writer`]; the receiver hears its end.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub async fn open(
        path: &Path,
        planned_through: i64,
    ) -> Result<(Self, oneshot::Receiver<()>), StoreError> {
        let options = crate::store::options(path)
            .busy_timeout(BUSY_TIMEOUT)
            .page_size(PAGE_BYTES);
        let mut writer = SqliteConnection::connect_with(&options).await?;
        sqlx::migrate!("src/intake/migrations")
            .run(&mut writer)
            .await
            .map_err(sqlx::Error::from)?;
        number_from(&mut writer, planned_through).await?;
        let readers = pool(READERS_MAX).connect_with(options).await?;
        let (queue, appends) = mpsc::channel(QUEUE_MAX);
        let planned_through = Arc::new(AtomicI64::new(planned_through));
        let grown = Arc::new(Notify::new());
        let stop = CancellationToken::new();
        let failure = Arc::new(Mutex::new(None));
        let task = Writer {
            failure: failure.clone(),
            connection: writer,
            planned_through: planned_through.clone(),
            pruned_through: 0,
            grown: grown.clone(),
            stop: stop.clone(),
        };
        let ended = spawn(task, appends)?;
        Ok((
            Self {
                queue,
                readers,
                planned_through,
                grown,
                stop,
                failure,
                waiting: AtomicUsize::new(0),
            },
            ended,
        ))
    }

    /// Rows behind `after`, oldest first: as many as hold `events_max` events, but at least one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn rows_after(&self, after: i64, events_max: i64) -> Result<Vec<LogRow>, StoreError> {
        // Only the sizes at first: what the rows hold may be large.
        let sizes: Vec<(i64, i64)> =
            sqlx::query_as("SELECT seq, events FROM log WHERE seq > ? ORDER BY seq LIMIT ?")
                .bind(after)
                .bind(events_max)
                .fetch_all(&self.readers)
                .await?;
        let mut events_seen = 0;
        let within = sizes.iter().take_while(|(_, events)| {
            let is_within = events_seen < events_max;
            events_seen += events;
            is_within
        });
        let Some((last, _)) = within.last() else {
            return Ok(Vec::new());
        };
        Ok(
            sqlx::query_as("SELECT seq, frames FROM log WHERE seq > ? AND seq <= ? ORDER BY seq")
                .bind(after)
                .bind(last)
                .fetch_all(&self.readers)
                .await?,
        )
    }

    /// How many events wait behind `after`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn events_after(&self, after: i64) -> Result<i64, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT COALESCE(SUM(events), 0) FROM log WHERE seq > ?")
                .bind(after)
                .fetch_one(&self.readers)
                .await?,
        )
    }

    /// How long work that can wait should give way to the senders that wait for the disk right now.
    pub fn courtesy(&self) -> Duration {
        match self.waiting.load(Ordering::Relaxed) {
            ..PRESSED_FROM => Duration::ZERO,
            PRESSED_FROM..HARD_PRESSED_FROM => PAUSE_WHEN_PRESSED,
            _ => PAUSE_WHEN_HARD_PRESSED,
        }
    }

    /// Why the last row could not be written, if it could not.
    pub fn failure(&self) -> Option<String> {
        self.failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Lets rows up to `seq` be removed: they live on elsewhere.
    pub fn planned(&self, seq: i64) {
        self.planned_through.fetch_max(seq, Ordering::Relaxed);
    }

    /// Returns when the log has grown since the last call.
    pub async fn grown(&self) {
        self.grown.notified().await;
    }

    /// Lets the writer end once everything that it was given is on disk; nothing more is taken.
    pub fn stop_writer(&self) {
        self.stop.cancel();
    }

    /// Closes the readers.
    pub async fn close(&self) {
        self.readers.close().await;
    }
}

/// Makes sure that new rows are numbered behind what was planned, also when the file is new or an old copy: rows with
/// lower numbers would count as planned.
async fn number_from(
    writer: &mut SqliteConnection,
    planned_through: i64,
) -> Result<(), StoreError> {
    let known = sqlx::query("UPDATE sqlite_sequence SET seq = MAX(seq, ?) WHERE name = 'log'")
        .bind(planned_through)
        .execute(&mut *writer)
        .await?;
    if known.rows_affected() == 0 {
        sqlx::query("INSERT INTO sqlite_sequence (name, seq) VALUES ('log', ?)")
            .bind(planned_through)
            .execute(writer)
            .await?;
    }
    Ok(())
}

/// Runs the writer on a thread of its own: among the tasks of a busy server it would wait for its turn twice a commit.
fn spawn(
    writer: Writer,
    appends: mpsc::Receiver<Append>,
) -> Result<oneshot::Receiver<()>, StoreError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(sqlx::Error::from)?;
    let (end, ended) = oneshot::channel();
    std::thread::Builder::new()
        .name("intake-log".to_owned())
        .spawn(move || {
            runtime.block_on(writer.run(appends));
            // Nobody may be waiting for the end.
            let _ = end.send(());
        })
        .map_err(sqlx::Error::from)?;
    Ok(ended)
}

/// Counts a waiting request, also when its sender goes away.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Writer {
    failure: Arc<Mutex<Option<String>>>,
    connection: SqliteConnection,
    planned_through: Arc<AtomicI64>,
    pruned_through: i64,
    grown: Arc<Notify>,
    stop: CancellationToken,
}

impl Writer {
    async fn run(mut self, mut appends: mpsc::Receiver<Append>) {
        let mut group = Vec::new();
        loop {
            tokio::select! {
                count = appends.recv_many(&mut group, QUEUE_MAX) => match count {
                    0 => break,
                    _ => self.commit(&mut group).await,
                },
                () = tokio::time::sleep(PRUNE_WHEN_IDLE_FOR) => self.prune().await,
                // What is queued already is still received; then the channel counts as ended.
                () = self.stop.cancelled(), if !appends.is_closed() => appends.close(),
            }
            if self.planned_through.load(Ordering::Relaxed) > self.pruned_through + PRUNE_ROWS_MAX {
                self.prune().await;
            }
        }
        if let Err(error) = self.connection.close().await {
            tracing::warn!(%error, "the intake log was not closed in order; what it holds is safe");
        }
    }

    /// Writes the group as few rows, and tells each sender how its row fared.
    async fn commit(&mut self, group: &mut Vec<Append>) {
        let mut rest = group.drain(..).peekable();
        while let Some(first) = rest.next() {
            let (mut events, mut frames, mut waiting) =
                (first.events, first.frames, vec![first.done]);
            while let Some(next) =
                rest.next_if(|next| frames.len() + next.frames.len() <= ROW_BYTES_MAX)
            {
                events += next.events;
                frames.extend_from_slice(&next.frames);
                waiting.push(next.done);
            }
            let done = sqlx::query("INSERT INTO log (events, frames) VALUES (?, ?)")
                .bind(i64::try_from(events).unwrap_or(i64::MAX))
                .bind(frames)
                .execute(&mut self.connection)
                .await;
            let result = match done {
                Ok(_) => Ok(()),
                Err(error) => {
                    tracing::error!(%error, events, "the intake log could not be written; the senders are told to come again");
                    Err(plain(&error))
                }
            };
            *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = result.clone().err();
            for sender in waiting {
                // A sender that went away has no use for the answer; its event is stored all the same.
                let _ = sender.send(result.clone());
            }
            self.grown.notify_one();
        }
    }

    async fn prune(&mut self) {
        let through = self.planned_through.load(Ordering::Relaxed);
        if through <= self.pruned_through {
            return;
        }
        let done = sqlx::query("DELETE FROM log WHERE seq <= ?")
            .bind(through)
            .execute(&mut self.connection)
            .await;
        match done {
            Ok(_) => self.pruned_through = through,
            Err(error) => {
                tracing::warn!(%error, "planned rows of the intake log could not be removed yet")
            }
        }
    }
}

/// Why the database refused, in words for the sender.
fn plain(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(database) => match database.code().as_deref().map(primary) {
            Some(Some(13)) => "the disk is full".to_owned(),
            Some(Some(5 | 6)) => "the database is locked by another program".to_owned(),
            _ => "the database refused the write".to_owned(),
        },
        _ => "the database cannot be reached".to_owned(),
    }
}

/// SQLite's primary result code, which stands in the low byte of the extended one.
fn primary(code: &str) -> Option<u32> {
    code.parse::<u32>().ok().map(|code| code & 0xff)
}
