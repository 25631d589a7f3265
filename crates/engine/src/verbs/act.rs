//! Acting: one action of the catalog on one connection, once for each idempotency key.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Poll, ready};
use std::time::Duration;

use futures_util::Stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::action::{
    Action, ActionError, AfterLoss, Answer, Context, Effect, ErrorClass, FileInput, Files, Given,
    Inputs, SPENT, allowed, catalog, find, metered,
};
use crate::clock::from_micros;
use crate::connection::{CALL_TIMEOUT, Connection, Hold, notice};
use crate::core::Core;
use crate::engine::Engine;
use crate::mapping::nearest;
use crate::store::idempotency::{KeyedRequest, Known};

/// How long Zoho gets to show what a call has left there whose answer was lost.
const SETTLE_AFTER: Duration = Duration::from_secs(2);
/// How long Zoho may be at work on a call whose answer was lost: as long as a call is waited for.
const AT_WORK_MAX: Duration = CALL_TIMEOUT;
const KEY_CHARS_MAX: usize = 255;

/// What an action came to.
#[derive(Debug)]
pub struct Acted {
    /// Its answer.
    pub result: Result<Answer, ActionError>,
    /// Credits that its calls have cost so far; the pages of [`Answer::Rows`] are counted as they are read.
    pub credits: u64,
    /// Credits that the pages of [`Answer::Rows`] have cost so far.
    pub row_credits: Arc<AtomicU64>,
    /// Whether this is the first answer of a request that came again under its idempotency key.
    pub is_repeated: bool,
}

impl Acted {
    fn failed(error: ActionError) -> Self {
        Self {
            result: Err(error),
            credits: 0,
            row_credits: Arc::default(),
            is_repeated: false,
        }
    }
}

/// What is kept of a keyed request.
#[derive(Serialize, Deserialize)]
enum Kept {
    Answer(Box<RawValue>),
    Refusal { class: String, document: Value },
}

impl Engine {
    /// The folder in which files of actions lie while they are used.
    #[must_use]
    pub fn spool_dir(&self) -> &std::path::Path {
        &self.core.spool_dir
    }

    /// Does one action of the [`catalog`] on a connection.
    ///
    /// With [`Given::idempotency_key`], an action that changes something is done once in 24 hours: the same request gets
    /// the first answer again. When the answer of a call was lost, Zoho is asked what became of it before anything is
    /// sent again.
    pub async fn act(&self, connection: &str, action: &str, given: Given) -> Acted {
        let Some(action) = find(action) else {
            return Acted::failed(no_action(action));
        };
        let connection = match self.connection_named(connection) {
            Ok(connection) => connection,
            Err(error) => return Acted::failed(error),
        };
        let inputs = match self.inputs(action, given.inputs, given.files).await {
            Ok(inputs) => inputs,
            Err(error) => return Acted::failed(error),
        };
        if let Err(error) = allowed::check(action, &inputs, &connection) {
            return Acted::failed(error);
        }
        if !changes_something(action, &inputs) {
            return self
                .done(action, connection, inputs, given.idempotency_key)
                .await;
        }
        // It goes on when its caller hangs up: what has been sent cannot be called back, and a repeat gets its answer.
        let engine = self.clone();
        let doing = async move {
            engine
                .done(action, connection, inputs, given.idempotency_key)
                .await
        };
        self.core.tasks.spawn(doing).await.unwrap_or_else(|error| {
            tracing::error!(action = action.name, %error, "an action broke off");
            Acted::failed(ActionError::new(
                ErrorClass::OutcomeUnknown,
                "outcome_unknown",
                "the action broke off in the gateway, and nobody knows what became of it",
                "Look in Zoho, or send the same again under its Idempotency-Key.",
            ))
        })
    }

    async fn done(
        &self,
        action: &'static Action,
        connection: Arc<Connection>,
        inputs: Inputs,
        key: Option<String>,
    ) -> Acted {
        let (acted, credits) = metered(self.act_once(
            action,
            Context {
                _hold: connection.hold(),
                connection: connection.clone(),
                store: self.core.store.clone(),
                spool_dir: self.core.spool_dir.clone(),
                idempotency_key: key.clone(),
            },
            &inputs,
            key.as_deref(),
        ))
        .await;
        let (result, is_repeated) = acted;
        let result = result.map_err(|mut error| {
            if error.code == "needs_consent" {
                let name = &connection.config.name;
                error.remedy = format!(
                    "{} Press Connect Zoho on the page of {name}, or run `leadway connection connect {name}`.",
                    error.remedy
                );
            }
            error
        });
        let lost_consent = result
            .as_ref()
            .err()
            .map(|error| error.lost_consent.clone());
        self.core.heard(&connection, lost_consent, credits).await;
        let row_credits = Arc::<AtomicU64>::default();
        let result = result.map(|answer| match answer {
            Answer::Rows(rows) => {
                let spent = row_credits.clone();
                Answer::Rows(Box::pin(self.metered_stream(rows, spent, connection)))
            }
            Answer::File(mut file) => {
                let spent = row_credits.clone();
                file.content = Box::pin(self.metered_stream(file.content, spent, connection));
                Answer::File(file)
            }
            other => other,
        });
        Acted {
            result,
            credits,
            row_credits,
            is_repeated,
        }
    }

    fn metered_stream<S>(
        &self,
        stream: S,
        spent: Arc<AtomicU64>,
        connection: Arc<Connection>,
    ) -> MeteredStream<S> {
        MeteredStream {
            stream,
            spent,
            core: self.core.clone(),
            _hold: connection.hold(),
            connection,
        }
    }

    fn connection_named(&self, name: &str) -> Result<Arc<Connection>, ActionError> {
        let active = self.core.active();
        if let Some(connection) = active.connections.get(name) {
            return Ok(connection.clone());
        }
        if let Some(reason) = active.broken.get(name) {
            return Err(ActionError::new(
                ErrorClass::Forbidden,
                "unusable_connection",
                format!("the connection {name} cannot be used: {reason}"),
                "Connect it in the console or by `leadway connection connect`, or correct the setting that is named.",
            ));
        }
        let names: Vec<&str> = active.connections.keys().map(String::as_str).collect();
        let mut error = ActionError::new(
            ErrorClass::NotFound,
            "no_such_connection",
            format!("there is no connection {name:?}"),
            match names.is_empty() {
                true => "Add a connection first.".to_owned(),
                false => format!("Name one of: {}.", names.join(", ")),
            },
        );
        error.field = Some("connection".to_owned());
        Err(error)
    }

    /// Files may come among the inputs, as text or base64; they are put beside them.
    async fn inputs(
        &self,
        action: &Action,
        mut inputs: Value,
        mut files: Files,
    ) -> Result<Inputs, ActionError> {
        let given = inputs.as_object_mut();
        let inline = action.inputs.iter().filter(|input| input.kind.is_file());
        if let Some(given) = given {
            for input in inline {
                for (name, value) in crate::action::inline_files(input, given)? {
                    let (file_name, content_type, content) = value;
                    let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>(content)]);
                    let file =
                        FileInput::spool(&self.core.spool_dir, file_name, content_type, pieces)
                            .await?;
                    files.push((name, file));
                }
            }
        }
        Inputs::check(action, inputs, files)
    }

    async fn act_once(
        &self,
        action: &'static Action,
        context: Context,
        inputs: &Inputs,
        key: Option<&str>,
    ) -> (Result<Answer, ActionError>, bool) {
        let key = match key.filter(|_| changes_something(action, inputs)) {
            None => return (run(action, &context, inputs).await, false),
            Some(key) => key,
        };
        if key.is_empty() || key.chars().count() > KEY_CHARS_MAX {
            let message = format!("an Idempotency-Key has 1 to {KEY_CHARS_MAX} characters");
            let error = ActionError::input(
                "Idempotency-Key",
                Some(&Value::from(key)),
                message,
                "Send a name of your own for this request, such as a UUID.",
            );
            return (Err(error), false);
        }
        if action.input("response_type").is_some() && inputs.text("response_type") == "binary" {
            let error = ActionError::input(
                "response_type",
                Some(&Value::from("binary")),
                "a binary answer is not kept, so that no repeat could get it under an Idempotency-Key",
                "Ask for json or text, or send no Idempotency-Key.",
            );
            return (Err(error), false);
        }
        match self.act_keyed(action, &context, inputs, key).await {
            Ok(done) => done,
            Err(error) => (Err(error), false),
        }
    }

    /// How long Zoho may still be at work on a try that has left nothing there yet. What may be done twice need not wait.
    fn still_at_work(&self, action: &Action, tried_at: i64) -> Duration {
        if !matches!(action.after_loss, AfterLoss::LooksUp(_)) {
            return Duration::ZERO;
        }
        let passed = self.core.clock.now_us().saturating_sub(tried_at).max(0);
        let passed = Duration::from_micros(passed.unsigned_abs());
        AT_WORK_MAX.saturating_sub(passed)
    }

    async fn act_keyed(
        &self,
        action: &'static Action,
        context: &Context,
        inputs: &Inputs,
        key: &str,
    ) -> Result<(Result<Answer, ActionError>, bool), ActionError> {
        let digest = digest(action, inputs).await?;
        let request = KeyedRequest {
            connection: &context.connection.config.name,
            key,
            action: action.name,
            digest: &digest,
        };
        let store = &self.core.store;
        let known = store
            .begin_keyed(&request, self.core.clock.now_us())
            .await?;
        let mut guard = Unended {
            core: self.core.clone(),
            request: None,
        };
        if matches!(known, Known::New | Known::Unknown { .. }) {
            guard.request = Some((
                request.connection.to_owned(),
                key.to_owned(),
                action.name,
                digest.clone(),
            ));
        }
        match known {
            Known::Answered(kept) => return Ok((restored(&kept), true)),
            Known::Other => {
                return Err(conflict(
                    "idempotency_key_reused",
                    "the Idempotency-Key was used for another request in the last 24 hours",
                    "Send a key of its own with each request.",
                ));
            }
            Known::Running => {
                let mut error = conflict(
                    "request_running",
                    "the request with this Idempotency-Key is at work",
                    "Send it again in a second; it gets the first one's answer.",
                );
                error.retry_after = Some(Duration::from_secs(1));
                return Err(error);
            }
            Known::Unknown { began_at, tried_at } => {
                match settle(action, context, inputs, from_micros(began_at)).await {
                    Ok(Some(answer)) => {
                        let kept = kept_answer(&answer);
                        let now = self.core.clock.now_us();
                        store.end_keyed(&request, kept, now).await?;
                        guard.disarm();
                        return Ok((Ok(answer), false));
                    }
                    Ok(None) => {
                        let wait = self.still_at_work(action, tried_at);
                        if !wait.is_zero() {
                            store.leave_keyed(&request).await?;
                            guard.disarm();
                            return Err(at_work(wait));
                        }
                    }
                    Err(error) => {
                        store.leave_keyed(&request).await?;
                        guard.disarm();
                        return Err(unknown_still(error));
                    }
                }
            }
            Known::New => {}
        }
        let result = run(action, context, inputs).await;
        let end = end_of(action, &result);
        let kept = match end {
            End::Kept(answer) => {
                let now = self.core.clock.now_us();
                store.end_keyed(&request, answer, now).await
            }
            End::Forgotten => store.forget_keyed(&request).await,
        };
        match kept {
            Ok(()) => guard.disarm(),
            // The answer is there all the same; the guard notes that nobody knows it.
            Err(error) => {
                tracing::error!(%error, "the answer of a keyed request could not be kept")
            }
        }
        Ok((result, false))
    }
}

/// Nothing of it shows in Zoho so far, and Zoho may be at work on it still.
fn at_work(wait: Duration) -> ActionError {
    let mut error = ActionError::new(
        ErrorClass::OutcomeUnknown,
        "outcome_unknown",
        "an earlier answer was lost, and nothing of it shows in Zoho so far, which may still be at work on it",
        "Send the same again after Retry-After, under the same Idempotency-Key: it is looked up before it is sent.",
    );
    error.retry_after = Some(wait);
    error
}

/// A look-up that failed says nothing of the request that it was for.
fn unknown_still(mut error: ActionError) -> ActionError {
    // What is at work still is no lost answer.
    if !matches!(
        error.class,
        ErrorClass::OutcomeUnknown | ErrorClass::Conflict
    ) {
        error.message = format!(
            "an earlier answer was lost, and Zoho cannot be asked what became of it: {}",
            error.message
        );
        error.remedy = match error.class {
            ErrorClass::Throttled | ErrorClass::Unavailable | ErrorClass::Store => {
                "Send the same again later, under the same Idempotency-Key.".to_owned()
            }
            // It would be the same every time, unless somebody mends it.
            _ => format!(
                "Look in Zoho; if it was not done, send the request with another Idempotency-Key. To have it looked up instead, mend \
                 the cause and send it under the same key: {}",
                error.remedy
            ),
        };
        error.class = ErrorClass::OutcomeUnknown;
        error.code = "outcome_unknown".to_owned();
    }
    error
}

fn changes_something(action: &Action, inputs: &Inputs) -> bool {
    match action.effect {
        Effect::Reads => false,
        Effect::Depends => inputs.text("method") != "GET",
        Effect::Changes | Effect::Destroys => true,
    }
}

/// The caller may hang up in the midst of a request; then nobody knows its outcome.
struct Unended {
    core: Arc<Core>,
    request: Option<(String, String, &'static str, Vec<u8>)>,
}

impl Unended {
    fn disarm(mut self) {
        self.request = None;
    }
}

impl Drop for Unended {
    fn drop(&mut self) {
        let Some((connection, key, action, digest)) = self.request.take() else {
            return;
        };
        let core = self.core.clone();
        self.core.tasks.spawn(async move {
            let request = KeyedRequest {
                connection: &connection,
                key: &key,
                action,
                digest: &digest,
            };
            let now = core.clock.now_us();
            if let Err(error) = core.store.end_keyed(&request, None, now).await {
                tracing::error!(%error, "an action that was broken off could not be noted");
            }
        });
    }
}

/// Makes the calls; after a lost answer, sees what became of it.
async fn run(action: &Action, context: &Context, inputs: &Inputs) -> Result<Answer, ActionError> {
    let began_at = context.connection.now();
    let mut error = match (action.run)(context, inputs).await {
        Err(error) if error.class == ErrorClass::OutcomeUnknown => error,
        other => return other,
    };
    tokio::time::sleep(SETTLE_AFTER).await;
    match (
        action.after_loss,
        settle(action, context, inputs, began_at).await,
    ) {
        (_, Ok(Some(answer))) => Ok(answer),
        (
            AfterLoss::Repeats | AfterLoss::RepeatsUnless(_) | AfterLoss::LooksUpAndRepeats(_),
            Ok(None),
        ) => (action.run)(context, inputs).await,
        (AfterLoss::LooksUp(_), Ok(None)) => {
            error.remedy = "Nothing of it shows in Zoho so far, but Zoho may still be at work. Send the same again a little later, with \
                            an Idempotency-Key: it is looked up before it is sent."
                .to_owned();
            Err(error)
        }
        // It says more than that the answer was lost.
        (AfterLoss::LooksUp(_) | AfterLoss::LooksUpAndRepeats(_), Err(unclear))
            if unclear.class == ErrorClass::OutcomeUnknown =>
        {
            Err(unclear)
        }
        (AfterLoss::Asks | AfterLoss::RepeatsUnless(_), Err(unclear)) => {
            error.remedy = format!("It may have been done. {}", unclear.remedy);
            Err(error)
        }
        _ => Err(error),
    }
}

/// What a call has left in Zoho whose answer was lost; `None`: nothing, or it does no harm to send it again.
async fn settle(
    action: &Action,
    context: &Context,
    inputs: &Inputs,
    began_at: jiff::Timestamp,
) -> Result<Option<Answer>, ActionError> {
    match action.after_loss {
        AfterLoss::Repeats => Ok(None),
        AfterLoss::RepeatsUnless(input) if !inputs.has(input) => Ok(None),
        AfterLoss::LooksUp(look_up) | AfterLoss::LooksUpAndRepeats(look_up) => {
            look_up(context, inputs, began_at).await
        }
        AfterLoss::Asks | AfterLoss::RepeatsUnless(_) => Err(ActionError::new(
            ErrorClass::OutcomeUnknown,
            "outcome_unknown",
            format!(
                "the answer of {} was lost, and nothing in Zoho tells whether it was done",
                action.name
            ),
            "Look in Zoho; if it was not done, send the request with another Idempotency-Key.",
        )),
    }
}

async fn digest(action: &Action, inputs: &Inputs) -> Result<Vec<u8>, ActionError> {
    let mut context = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    // The same request may come with its members in another order.
    let mut sorted = Value::Object(inputs.as_json().clone());
    sorted.sort_all_objects();
    context.update(action.name.as_bytes());
    context.update(sorted.to_string().as_bytes());
    // So may its files; those of one name are meant in their order.
    let mut files: Vec<_> = inputs.files().iter().collect();
    files.sort_by_key(|(name, _)| name);
    for (name, file) in files {
        context.update(name.as_bytes());
        context.update(&file.digest().await?);
    }
    Ok(context.finish().as_ref().to_vec())
}

/// What becomes of a keyed request.
enum End {
    /// Its answer, or that nobody knows it.
    Kept(Option<String>),
    /// Nothing was changed, and another time it may be.
    Forgotten,
}

fn end_of(action: &Action, result: &Result<Answer, ActionError>) -> End {
    match result {
        Ok(Answer::Json(json)) if action.effect == Effect::Depends => end_of_raw(json),
        Ok(answer) => End::Kept(kept_answer(answer)),
        Err(error) => match error.class {
            ErrorClass::OutcomeUnknown => End::Kept(None),
            ErrorClass::Throttled
            | ErrorClass::Unavailable
            | ErrorClass::Store
            | ErrorClass::Forbidden => End::Forgotten,
            _ => End::Kept(kept_refusal(error)),
        },
    }
}

/// A raw request's answer is Zoho's, whatever it says.
fn end_of_raw(json: &RawValue) -> End {
    #[derive(Deserialize)]
    struct Status {
        status: u16,
    }
    match serde_json::from_str::<Status>(json.get()).map(|answer| answer.status) {
        Ok(401 | 403 | 429) => End::Forgotten,
        Ok(500..) | Err(_) => End::Kept(None),
        Ok(_) => End::Kept(serde_json::to_string(&Kept::Answer(json.to_owned())).ok()),
    }
}

/// Streams are not kept; what changes something and answers so looks up how far it came.
fn kept_answer(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Json(json) => serde_json::to_string(&Kept::Answer(json.clone())).ok(),
        _ => None,
    }
}

fn kept_refusal(error: &ActionError) -> Option<String> {
    let class = match error.class {
        ErrorClass::NotFound => "not_found",
        ErrorClass::Input => "input",
        _ => "refused",
    };
    let refusal = Kept::Refusal {
        class: class.to_owned(),
        document: error.to_json(),
    };
    serde_json::to_string(&refusal).ok()
}

fn restored(kept: &str) -> Result<Answer, ActionError> {
    match serde_json::from_str(kept) {
        Ok(Kept::Answer(json)) => Ok(Answer::Json(json)),
        Ok(Kept::Refusal { class, document }) => Err(ActionError::from_json(
            match class.as_str() {
                "not_found" => ErrorClass::NotFound,
                "input" => ErrorClass::Input,
                _ => ErrorClass::Refused,
            },
            &document,
        )),
        Err(error) => Err(crate::store::StoreError::inconsistent("idempotency_keys", error).into()),
    }
}

fn conflict(code: &str, message: &str, remedy: &str) -> ActionError {
    let mut error = ActionError::new(ErrorClass::Conflict, code, message, remedy);
    error.field = Some("Idempotency-Key".to_owned());
    error
}

fn no_action(name: &str) -> ActionError {
    let near = nearest(name, catalog().map(|action| (action.name, action.verb())));
    let mut error = ActionError::new(
        ErrorClass::NotFound,
        "no_such_action",
        format!(
            "there is no action {:?}",
            name.chars().take(80).collect::<String>()
        ),
        match near {
            Some(near) => format!("Did you mean {near}?"),
            None => "GET /api/v1/actions lists them.".to_owned(),
        },
    );
    error.field = Some("action".to_owned());
    error
}

/// A stream whose calls are counted as they are made.
struct MeteredStream<S> {
    stream: S,
    spent: Arc<AtomicU64>,
    core: Arc<Core>,
    connection: Arc<Connection>,
    _hold: Hold,
}

impl<T, S> Stream for MeteredStream<S>
where
    S: Stream<Item = Result<T, ActionError>> + Unpin,
{
    type Item = Result<T, ActionError>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> Poll<Option<Self::Item>> {
        let (polled, spent) = SPENT.sync_scope(Cell::new(0), || {
            let polled = Pin::new(&mut self.stream).poll_next(context);
            (polled, SPENT.with(Cell::get))
        });
        self.spent.fetch_add(spent, Ordering::Relaxed);
        let row = ready!(polled);
        if let Some(Err(error)) = &row {
            let lost_consent = error.lost_consent.clone();
            self.core.lost_consent(&self.connection, lost_consent);
        }
        Poll::Ready(row)
    }
}

impl Core {
    /// Lets the connection's gate know what an action has heard: deliveries need not find out by themselves that the
    /// refresh token is dead, nor that it lives.
    async fn heard(
        &self,
        connection: &Connection,
        failure: Option<Option<zoho::Error>>,
        credits: u64,
    ) {
        match failure {
            Some(Some(error)) => self.close_gate(connection, &error).await,
            None if credits > 0 && connection.gate.needs_consent() => {
                if connection.gate.open() {
                    notice::has_consent_again(self, connection).await;
                }
                self.wake.notify_one();
            }
            Some(None) | None => {}
        }
    }

    /// The same for a stream, which ends in the midst of its reader's call.
    fn lost_consent(self: &Arc<Self>, connection: &Arc<Connection>, error: Option<zoho::Error>) {
        let Some(error) = error else { return };
        let (core, connection) = (self.clone(), connection.clone());
        self.tasks
            .spawn(async move { core.close_gate(&connection, &error).await });
    }

    async fn close_gate(&self, connection: &Connection, error: &zoho::Error) {
        if !self.is_current(connection) {
            return;
        }
        let closed = connection.gate.close(error, self.clock.now_us());
        if closed.has_lost_consent {
            notice::needs_consent(self, connection, error).await;
        }
    }
}
