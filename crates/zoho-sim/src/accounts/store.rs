//! Clients, codes and tokens with their lives and limits.

use std::collections::{HashMap, VecDeque};

use super::Scopes;
use crate::chance::Chance;
use crate::limits::Limits;
use crate::seed::Seed;

/// Everything that the accounts host knows.
#[derive(Debug)]
pub(crate) struct Accounts {
    chance: Chance,
    clients: HashMap<String, Client>,
    codes: HashMap<String, Code>,
    refresh_tokens: HashMap<String, RefreshToken>,
    access_tokens: HashMap<String, AccessToken>,
    /// Times at which codes were made, by client.
    code_times: HashMap<String, VecDeque<i64>>,
    /// Order in which refresh tokens were made.
    made: u64,
}

/// A registered client.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) name: String,
    pub(crate) redirect_uris: Vec<String>,
}

/// What a code is made for.
#[derive(Debug, Clone)]
pub(crate) struct CodeRequest {
    pub(crate) client_id: String,
    pub(crate) user: u64,
    pub(crate) scopes: Scopes,
    /// Must come again with the exchange; `None` for a self client.
    pub(crate) redirect_uri: Option<String>,
    /// The exchange gives a refresh token.
    pub(crate) is_offline: bool,
    /// The person was asked again, so a new refresh token is given even where one lives.
    pub(crate) is_consent_forced: bool,
    pub(crate) challenge: Option<Challenge>,
}

/// PKCE: what the verifier of the exchange has to give.
#[derive(Debug, Clone)]
pub(crate) struct Challenge {
    pub(crate) text: String,
    pub(crate) is_hashed: bool,
}

#[derive(Debug)]
struct Code {
    request: CodeRequest,
    expires_at: i64,
}

#[derive(Debug)]
struct RefreshToken {
    client_id: String,
    user: u64,
    scopes: Scopes,
    order: u64,
    access_tokens: VecDeque<String>,
    made_at: VecDeque<i64>,
}

#[derive(Debug, Clone)]
struct AccessToken {
    caller: Caller,
    expires_at: i64,
    refresh_token: Option<String>,
}

/// Who calls: what an access token stands for.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(crate) client_id: String,
    pub(crate) user: u64,
    pub(crate) scopes: Scopes,
}

/// Too many of something in a short time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Throttled;

impl Accounts {
    pub(crate) fn new(seed: &Seed, chance_seed: u64, first_user: u64) -> Self {
        let mut accounts = Self {
            chance: Chance::new(chance_seed),
            clients: HashMap::new(),
            codes: HashMap::new(),
            refresh_tokens: HashMap::new(),
            access_tokens: HashMap::new(),
            code_times: HashMap::new(),
            made: 0,
        };
        for client in &seed.clients {
            accounts.register(Client {
                client_id: client.client_id.clone(),
                client_secret: client.client_secret.clone(),
                name: client
                    .name
                    .clone()
                    .unwrap_or_else(|| client.client_id.clone()),
                redirect_uris: client.redirect_uris.clone(),
            });
        }
        for token in &seed.refresh_tokens {
            let scopes = Scopes::of(&token.scopes);
            accounts.keep_refresh_token(
                token.refresh_token.clone(),
                &token.client_id,
                first_user,
                scopes,
                None,
            );
        }
        accounts
    }

    pub(crate) fn register(&mut self, client: Client) {
        self.clients.insert(client.client_id.clone(), client);
    }

    pub(crate) fn client(&self, client_id: &str) -> Option<&Client> {
        self.clients.get(client_id)
    }

    pub(crate) fn clients(&self) -> impl Iterator<Item = &Client> {
        self.clients.values()
    }

    /// A text for a client id or secret that no client has yet.
    pub(crate) fn new_client_texts(&mut self) -> (String, String) {
        let id = format!(
            "1000.{:016X}{:08X}",
            self.chance.next_number(),
            self.chance.next_number() >> 32
        );
        let secret = format!(
            "{:016x}{:016x}{:08x}",
            self.chance.next_number(),
            self.chance.next_number(),
            0x1eadu32
        );
        (id, secret)
    }

    /// Makes a code.
    pub(crate) fn make_code(
        &mut self,
        request: CodeRequest,
        limits: &Limits,
        now: i64,
    ) -> Result<String, Throttled> {
        let times = self
            .code_times
            .entry(request.client_id.clone())
            .or_default();
        note_in_window(
            times,
            now,
            limits.token_window_seconds,
            limits.codes_per_window_max,
        )?;
        let code = self.chance.token();
        let expires_at = now + i64::from(limits.code_seconds);
        self.codes.insert(
            code.clone(),
            Code {
                request,
                expires_at,
            },
        );
        Ok(code)
    }

    /// Takes a code out: it can be used once. `None` when it is unknown, used or too old.
    pub(crate) fn take_code(&mut self, code: &str, now: i64) -> Option<CodeRequest> {
        let code = self.codes.remove(code)?;
        (code.expires_at > now).then_some(code.request)
    }

    /// Whether this user has a living refresh token for the client.
    pub(crate) fn has_refresh_token(&self, client_id: &str, user: u64) -> bool {
        self.refresh_tokens
            .values()
            .any(|token| token.client_id == client_id && token.user == user)
    }

    /// Makes a refresh token; one too many ends the oldest of the same user and client.
    pub(crate) fn make_refresh_token(&mut self, caller: &Caller, limits: &Limits) -> String {
        let text = self.chance.token();
        let maximum = limits.refresh_tokens_max;
        self.keep_refresh_token(
            text.clone(),
            &caller.client_id,
            caller.user,
            caller.scopes.clone(),
            maximum,
        );
        text
    }

    fn keep_refresh_token(
        &mut self,
        text: String,
        client_id: &str,
        user: u64,
        scopes: Scopes,
        maximum: Option<u32>,
    ) {
        let mut same: Vec<(u64, String)> = self
            .refresh_tokens
            .iter()
            .filter(|(_, token)| token.client_id == client_id && token.user == user)
            .map(|(text, token)| (token.order, text.clone()))
            .collect();
        same.sort();
        if let Some(maximum) = maximum.and_then(|maximum| usize::try_from(maximum).ok()) {
            let too_many = (same.len() + 1).saturating_sub(maximum);
            for (_, oldest) in same.into_iter().take(too_many) {
                self.end_refresh_token(&oldest);
            }
        }
        self.made += 1;
        let token = RefreshToken {
            client_id: client_id.to_owned(),
            user,
            scopes,
            order: self.made,
            access_tokens: VecDeque::new(),
            made_at: VecDeque::new(),
        };
        self.refresh_tokens.insert(text, token);
    }

    /// Whom a refresh token stands for, if it belongs to the client.
    pub(crate) fn holder_of_refresh_token(&self, text: &str, client_id: &str) -> Option<Caller> {
        let token = self
            .refresh_tokens
            .get(text)
            .filter(|token| token.client_id == client_id)?;
        Some(Caller {
            client_id: token.client_id.clone(),
            user: token.user,
            scopes: token.scopes.clone(),
        })
    }

    /// Makes an access token, from a refresh token where there is one; that one's oldest may end by it.
    pub(crate) fn make_access_token(
        &mut self,
        caller: Caller,
        refresh_token: Option<&str>,
        limits: &Limits,
        now: i64,
    ) -> Result<String, Throttled> {
        let text = self.chance.token();
        let mut evicted = Vec::new();
        if let Some(refresh) = refresh_token.and_then(|token| self.refresh_tokens.get_mut(token)) {
            note_in_window(
                &mut refresh.made_at,
                now,
                limits.token_window_seconds,
                limits.access_tokens_per_window_max,
            )?;
            let live = &self.access_tokens;
            refresh
                .access_tokens
                .retain(|token| live.get(token).is_some_and(|token| token.expires_at > now));
            refresh.access_tokens.push_back(text.clone());
            let maximum = limits
                .access_tokens_max
                .and_then(|maximum| usize::try_from(maximum).ok());
            while maximum.is_some_and(|maximum| refresh.access_tokens.len() > maximum.max(1)) {
                evicted.extend(refresh.access_tokens.pop_front());
            }
        }
        for token in evicted {
            self.access_tokens.remove(&token);
        }
        self.access_tokens.retain(|_, token| token.expires_at > now);
        let expires_at = now + i64::from(limits.access_token_seconds);
        let refresh_token = refresh_token.map(str::to_owned);
        self.access_tokens.insert(
            text.clone(),
            AccessToken {
                caller,
                expires_at,
                refresh_token,
            },
        );
        Ok(text)
    }

    /// Who calls with this access token, and when it ends; `None` when it is unknown, ended or too old.
    pub(crate) fn caller(&self, access_token: &str, now: i64) -> Option<(Caller, i64)> {
        let token = self
            .access_tokens
            .get(access_token)
            .filter(|token| token.expires_at > now)?;
        Some((token.caller.clone(), token.expires_at))
    }

    /// Ends one access token; false when it is unknown.
    pub(crate) fn end_access_token(&mut self, access_token: &str) -> bool {
        self.access_tokens.remove(access_token).is_some()
    }

    /// Ends a refresh token with all its access tokens; false when it is unknown.
    pub(crate) fn end_refresh_token(&mut self, refresh_token: &str) -> bool {
        if self.refresh_tokens.remove(refresh_token).is_none() {
            return false;
        }
        self.access_tokens
            .retain(|_, token| token.refresh_token.as_deref() != Some(refresh_token));
        true
    }

    /// Living access tokens, for the page.
    pub(crate) fn live_access_tokens(&self, now: i64) -> usize {
        self.access_tokens
            .values()
            .filter(|token| token.expires_at > now)
            .count()
    }
}

/// Notes one more event in a window, unless the window is full.
fn note_in_window(
    times: &mut VecDeque<i64>,
    now: i64,
    window_seconds: u32,
    maximum: Option<u32>,
) -> Result<(), Throttled> {
    while times
        .front()
        .is_some_and(|at| at + i64::from(window_seconds) <= now)
    {
        times.pop_front();
    }
    let maximum = maximum.and_then(|maximum| usize::try_from(maximum).ok());
    if maximum.is_some_and(|maximum| times.len() >= maximum) {
        return Err(Throttled);
    }
    if maximum.is_some() {
        times.push_back(now);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Edition;

    fn accounts() -> (Accounts, Caller, Limits) {
        let accounts = Accounts::new(&Seed::demo(), 1, 7);
        let caller = accounts
            .holder_of_refresh_token("1000.leadway-demo-refresh", "1000.LEADWAYDEMO")
            .unwrap();
        (accounts, caller, Limits::of(Edition::Enterprise, 2))
    }

    #[test]
    fn the_sixteenth_access_token_ends_the_oldest() {
        let (mut accounts, caller, limits) = accounts();
        let refresh = "1000.leadway-demo-refresh";
        let mut make = |now| {
            accounts
                .make_access_token(caller.clone(), Some(refresh), &limits, now)
                .unwrap()
        };
        let first = make(0);
        let tokens: Vec<String> = (1..16).map(|number| make(number * 61)).collect();
        assert!(accounts.caller(&first, 930).is_none());
        assert!(
            tokens
                .iter()
                .all(|token| accounts.caller(token, 930).is_some())
        );
    }

    #[test]
    fn the_eleventh_access_token_in_ten_minutes_is_refused_and_later_given() {
        let (mut accounts, caller, limits) = accounts();
        let refresh = Some("1000.leadway-demo-refresh");
        for now in 0..10 {
            accounts
                .make_access_token(caller.clone(), refresh, &limits, now)
                .unwrap();
        }
        assert_eq!(
            accounts.make_access_token(caller.clone(), refresh, &limits, 10),
            Err(Throttled)
        );
        assert!(
            accounts
                .make_access_token(caller, refresh, &limits, 600)
                .is_ok()
        );
    }

    #[test]
    fn the_twenty_first_refresh_token_ends_the_oldest_with_its_access_tokens() {
        let (mut accounts, caller, limits) = accounts();
        let refresh = "1000.leadway-demo-refresh";
        let access = accounts
            .make_access_token(caller.clone(), Some(refresh), &limits, 0)
            .unwrap();
        for _ in 0..19 {
            accounts.make_refresh_token(&caller, &limits);
        }
        assert!(accounts.caller(&access, 1).is_some());
        accounts.make_refresh_token(&caller, &limits);
        assert!(accounts.caller(&access, 1).is_none());
        assert!(
            accounts
                .holder_of_refresh_token(refresh, &caller.client_id)
                .is_none()
        );
    }

    #[test]
    fn access_tokens_end_with_their_time() {
        let (mut accounts, caller, limits) = accounts();
        let token = accounts
            .make_access_token(caller, None, &limits, 0)
            .unwrap();
        assert!(
            accounts.caller(&token, 3_599).is_some() && accounts.caller(&token, 3_600).is_none()
        );
    }
}
