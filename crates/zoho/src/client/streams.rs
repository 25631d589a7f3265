//! Calls with a file in them: one attempt, streamed, under an organisation's pace.

use std::time::{Duration, Instant};

use super::{Client, outgoing};
use crate::answer::Reply;
use crate::books;
use crate::call::Call;
use crate::policy::Pace;
use crate::transport::{Answer, Incoming, host_of};
use crate::{Error, ErrorKind};

/// A file may take longer than a call, but not for ever.
const FILE_TIMEOUT: Duration = Duration::from_secs(3600);

impl Client {
    /// Sends a body that cannot be sent again.
    pub(crate) async fn upload<T>(
        &self,
        call: &Call,
        pace: &Pace,
        body: reqwest::Body,
        read: impl Fn(Reply<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let shared = &*self.shared;
        let pass = pace.enter(call.operation()).await?;
        let token = shared.tokens.live(&shared.transport).await?;
        let mut request = outgoing(call, self.api_domain_of(&token), token.authorization())?;
        request.body = Some(body);
        request.timeout = Some(FILE_TIMEOUT);
        let host = host_of(&request.url);
        let answer = shared.transport.send(request).await?;
        if books::may_be_stale_token(&answer) && token.may_be_doubted(Instant::now()) {
            // For the caller's next attempt.
            shared.tokens.renew(&shared.transport, &token).await?;
        }
        self.judge(call, &host, &pass, answer, read)
    }

    /// Sends a read and hands the body on as it comes. Refusals are read whole.
    pub(crate) async fn open(
        &self,
        call: &Call,
        pace: &Pace,
        refused: impl Fn(Reply<'_>) -> Error,
    ) -> Result<Incoming, Error> {
        let shared = &*self.shared;
        let pass = pace.enter(call.operation()).await?;
        let mut token = shared.tokens.live(&shared.transport).await?;
        let mut is_last = false;
        loop {
            let mut request = outgoing(call, self.api_domain_of(&token), token.authorization())?;
            request.timeout = Some(FILE_TIMEOUT);
            let host = host_of(&request.url);
            let incoming = shared.transport.open(request).await?;
            if (200..300).contains(&incoming.status) && !is_json(&incoming) {
                books::note_pace(incoming.status, &incoming.headers, &[], &pass);
                return Ok(incoming);
            }
            let answer = incoming.whole().await?;
            let is_stale = books::may_be_stale_token(&answer);
            if is_stale && !is_last && token.may_be_doubted(Instant::now()) {
                token = shared.tokens.renew(&shared.transport, &token).await?;
                pass.again(call.operation()).await?;
                is_last = true;
                continue;
            }
            if is_stale && is_last {
                token.vouch(Instant::now());
            }
            let refusal = |reply: Reply<'_>| Err::<Incoming, Error>(refused(reply));
            return self.judge(call, &host, &pass, answer, refusal);
        }
    }

    fn judge<T>(
        &self,
        call: &Call,
        host: &str,
        pass: &crate::policy::Pass<'_>,
        answer: Answer,
        read: impl Fn(Reply<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        super::log(call, &answer);
        books::note_pace(answer.status, &answer.headers, &answer.body, pass);
        let result = read(Reply { call, host, answer });
        result.map_err(|error| match error.kind() {
            ErrorKind::TooManyRequests => error.wait(Some(Duration::from_secs(61))),
            _ => error,
        })
    }
}

/// Books marks JSON as an attachment too, so that only its type tells a file from a message.
fn is_json(incoming: &Incoming) -> bool {
    let kind = incoming.headers.get(reqwest::header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.contains("json"))
}
