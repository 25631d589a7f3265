//! Sends one batch: checks each record, looks up what an earlier try may have left, makes one call.
//!
//! Nothing is decided here. Each row comes back with its [`Fate`]; `outcome.rs` says what that means.

use serde_json::value::RawValue;
use zoho::crm::{RecordId, Row, Write};

use crate::clock::Clock;
use crate::connection::Connection;
use crate::mapping::check;
use crate::model::delivery::Operation;
use crate::model::problem::{Problem, Stage};
use crate::store::Store;
use crate::store::lease::LeasedRow;
use crate::store::settle::NewBatch;

use super::lane::Lane;
use super::lookup::{self, Sought};

/// What became of one row.
#[derive(Debug)]
pub(crate) enum Fate {
    /// The record does not fit the module; it was not sent.
    Unfit(Vec<Problem>),
    /// Zoho answered for this row.
    Answered(Row),
    /// An earlier try had got through: this is the record.
    Found(String),
    /// The call failed as a whole.
    CallFailed(zoho::Error),
    /// No call was made, and no try is counted.
    NotTried(zoho::Error),
    /// The lease would have run out during the call, and somebody else could have sent the row meanwhile.
    TooLate,
}

/// A batch that was dealt with.
#[derive(Debug)]
pub(crate) struct Sent {
    /// The call, when one was made.
    pub call: Option<NewBatch>,
    /// One fate for each row, in their order.
    pub fates: Vec<Fate>,
    /// What the connection's gate should know: `None` when no call was made.
    pub connection: Option<Result<(), zoho::Error>>,
}

/// Sends the rows of one batch, unless waiting for a permit or looking up has taken until `send_before`.
pub(crate) async fn send(
    store: &Store,
    clock: &Clock,
    lane: &Lane,
    connection: &Connection,
    rows: &[LeasedRow],
    send_before: i64,
) -> Sent {
    let started_at = clock.now_us();
    let mut fates: Vec<Option<Fate>> = match fit(lane, connection, rows).await {
        Ok(fates) => fates,
        Err(error) => return not_tried(rows.len(), error),
    };
    if let Err(error) = look_up(store, lane, connection, rows, &mut fates).await {
        return not_tried(rows.len(), error);
    }
    if clock.now_us() >= send_before {
        fates
            .iter_mut()
            .filter(|fate| fate.is_none())
            .for_each(|fate| *fate = Some(Fate::TooLate));
    }
    let to_send: Vec<&LeasedRow> = rows
        .iter()
        .zip(&fates)
        .filter(|(_, fate)| fate.is_none())
        .map(|(row, _)| row)
        .collect();
    if to_send.is_empty() {
        let fates: Vec<Fate> = fates.into_iter().flatten().collect();
        return Sent {
            call: looked_up(lane, &fates, started_at, clock.now_us()),
            fates,
            connection: None,
        };
    }
    let started_at = clock.now_us();
    let answer = call(lane, connection, &to_send).send().await;
    let batch = NewBatch {
        lane_id: lane.id,
        request: format!("POST {}", lane.path()),
        rows: i64::try_from(to_send.len()).unwrap_or(i64::MAX),
        started_at,
        ended_at: clock.now_us(),
        http_status: None,
        credits: 0,
    };
    answered(batch, fates, answer)
}

/// What the call said for each row that was sent.
fn answered(
    mut batch: NewBatch,
    fates: Vec<Option<Fate>>,
    answer: Result<zoho::crm::Written, zoho::Error>,
) -> Sent {
    match answer {
        Ok(written) => {
            batch.http_status = Some(i64::from(written.http_status));
            batch.credits = i64::from(written.credits);
            let mut answers = written.rows.into_iter();
            let fates = fates
                .into_iter()
                .filter_map(|fate| fate.or_else(|| answers.next().map(Fate::Answered)))
                .collect();
            Sent {
                call: Some(batch),
                fates,
                connection: Some(Ok(())),
            }
        }
        Err(error) => {
            batch.http_status = error.http_status().map(i64::from);
            let was_tried = !matches!(
                error.kind(),
                zoho::ErrorKind::Token
                    | zoho::ErrorKind::ThrottledToken
                    | zoho::ErrorKind::OutOfCredits
            );
            let fate = |error: &zoho::Error| match was_tried {
                true => Fate::CallFailed(error.clone()),
                false => Fate::NotTried(error.clone()),
            };
            let fates = fates
                .into_iter()
                .map(|known| known.unwrap_or_else(|| fate(&error)))
                .collect();
            Sent {
                call: was_tried.then_some(batch),
                fates,
                connection: Some(Err(error)),
            }
        }
    }
}

/// The call that found what an earlier try had left, when nothing else was sent: the attempts say what it told.
fn looked_up(lane: &Lane, fates: &[Fate], started_at: i64, ended_at: i64) -> Option<NewBatch> {
    let found = fates
        .iter()
        .filter(|fate| matches!(fate, Fate::Found(_)))
        .count();
    (found > 0).then(|| NewBatch {
        lane_id: lane.id,
        request: format!("GET /crm/v8/{}", lane.module),
        rows: i64::try_from(found).unwrap_or(i64::MAX),
        started_at,
        ended_at,
        http_status: Some(200),
        credits: 0,
    })
}

fn not_tried(rows: usize, error: zoho::Error) -> Sent {
    let fates = std::iter::repeat_with(|| Fate::NotTried(error.clone()))
        .take(rows)
        .collect();
    Sent {
        call: None,
        fates,
        connection: Some(Err(error)),
    }
}

/// Checks each record against the module's metadata. Before one is refused, the metadata is made sure of.
async fn fit(
    lane: &Lane,
    connection: &Connection,
    rows: &[LeasedRow],
) -> Result<Vec<Option<Fate>>, zoho::Error> {
    let mut schema = connection.schema(&lane.module).await?;
    let mut is_fresh = false;
    let mut fates = Vec::with_capacity(rows.len());
    for row in rows {
        let record = match raw(&row.record) {
            Ok(record) => record,
            Err(error) => {
                fates.push(Some(Fate::Unfit(vec![unreadable(&error)])));
                continue;
            }
        };
        let mut result = check(record, &schema, lane.operation);
        if result.is_err() && !is_fresh {
            schema = connection.fresh_schema(&lane.module).await?;
            is_fresh = true;
            result = check(record, &schema, lane.operation);
        }
        fates.push(result.err().map(Fate::Unfit));
    }
    Ok(fates)
}

/// Finds rows without a key whose earlier try may have got through.
async fn look_up(
    store: &Store,
    lane: &Lane,
    connection: &Connection,
    rows: &[LeasedRow],
    fates: &mut [Option<Fate>],
) -> Result<(), zoho::Error> {
    let open: Vec<usize> = (0..rows.len())
        .filter(|at| {
            fates[*at].is_none() && !rows[*at].has_key && rows[*at].uncertain_since.is_some()
        })
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let uncertain: Vec<&LeasedRow> = open.iter().map(|at| &rows[*at]).collect();
    for (at, found) in open
        .iter()
        .zip(lookup::find(store, lane, connection, &uncertain).await?)
    {
        fates[*at] = match found {
            Sought::Found(id) => Some(Fate::Found(id)),
            Sought::Absent => None,
            Sought::Unclear => Some(Fate::Unfit(vec![unclear()])),
        };
    }
    Ok(())
}

fn call(lane: &Lane, connection: &Connection, rows: &[&LeasedRow]) -> Write {
    let crm = connection.client.crm();
    let mut write = match lane.operation {
        Operation::Upsert => crm.upsert(&lane.module),
        Operation::Insert => crm.insert(&lane.module),
    };
    if !lane.options.duplicate_check_fields.is_empty() {
        write = write.duplicate_check_fields(lane.options.duplicate_check_fields.clone());
    }
    if let Some(trigger) = &lane.options.trigger {
        write = write.trigger(trigger.clone());
    }
    // Applying the configuration has made sure that it is an id.
    if let Some(lar_id) = lane
        .options
        .lar_id
        .as_ref()
        .and_then(|id| RecordId::new(id).ok())
    {
        write = write.lar_id(&lar_id);
    }
    for row in rows {
        if let Ok(record) = raw(&row.record) {
            write = write.record_json(record);
        }
    }
    write
}

fn raw(record: &str) -> Result<&RawValue, serde_json::Error> {
    serde_json::from_str(record)
}

fn unclear() -> Problem {
    Problem {
        stage: Stage::Call,
        code: "OUTCOME_UNKNOWN".to_owned(),
        field: None,
        value: None,
        message: "The answer to an earlier try was lost, and Zoho's records don't tell whether it had got through: one \
                  is there that is like it but not the same, or more were made since then than Zoho lists."
            .to_owned(),
        remedy: "Look the record up in Zoho; replay this delivery if it is not there.".to_owned(),
    }
}

fn unreadable(error: &serde_json::Error) -> Problem {
    Problem {
        stage: Stage::Check,
        code: "INVALID_DATA".to_owned(),
        field: None,
        value: None,
        message: format!("the stored record cannot be read: {error}"),
        remedy: "replay the event, so that its record is made anew".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::config::ConnectionConfig;
    use crate::store::lease::LaneRow;

    #[tokio::test]
    async fn nothing_is_sent_when_the_lease_would_run_out_meanwhile() {
        let simulator = zoho_sim::Simulator::start(zoho_sim::Config::default())
            .await
            .unwrap();
        let clock = Clock::system();
        let config = ConnectionConfig {
            name: "demo".to_owned(),
            data_center: "us".to_owned(),
            client_id: "1000.LEADWAYDEMO".to_owned(),
            client_secret: None,
            refresh_token: None,
            accounts_url: Some(simulator.url().to_string()),
            api_domain: Some(simulator.url().to_string()),
            ..ConnectionConfig::default()
        };
        let connection = Connection::new(
            config,
            "leadway-demo-secret".into(),
            "1000.leadway-demo-refresh".into(),
            clock.clone(),
        )
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("leadway.db"), clock.clone())
            .await
            .unwrap();
        let lane = Lane::read(LaneRow {
            id: 1,
            connection: "demo".to_owned(),
            module: "Leads".to_owned(),
            operation: "insert".to_owned(),
            options: "{}".to_owned(),
        })
        .unwrap();
        let rows = [LeasedRow {
            seq: 1,
            record: r#"{"Last_Name": "Ray", "Company": "Orchard"}"#.to_owned(),
            created_at: clock.now_us(),
            attempts: 0,
            is_solo: false,
            uncertain_since: None,
            has_key: false,
        }];
        let leads = simulator.records("Leads").unwrap().len();

        let sent = send(&store, &clock, &lane, &connection, &rows, clock.now_us()).await;
        assert!(matches!(sent.fates[..], [Fate::TooLate]), "{sent:?}");
        assert_eq!(simulator.records("Leads").unwrap().len(), leads);

        let sent = send(&store, &clock, &lane, &connection, &rows, i64::MAX).await;
        assert!(matches!(sent.fates[..], [Fate::Answered(_)]), "{sent:?}");
        assert_eq!(simulator.records("Leads").unwrap().len(), leads + 1);
    }
}
