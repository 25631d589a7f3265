//! How codes and tokens are made and how they end, by the limits in force.

use std::collections::VecDeque;

use super::{AccessToken, Accounts, Caller, Code, CodeRequest, Inspected, RefreshToken, Throttled};
use crate::accounts::Scopes;
use crate::accounts::client::prefix_of;
use crate::limits::Limits;

/// Living access tokens without a refresh token that one client has; the oldest end first. unknown: Zoho's own number.
const LONE_TOKENS_MAX: usize = 1_000;

impl Accounts {
    /// Makes a code that lives for `seconds`; the console's codes count like those of the consent page.
    pub(crate) fn make_code(
        &mut self,
        request: CodeRequest,
        seconds: u32,
        limits: &Limits,
        now: i64,
    ) -> Result<String, Throttled> {
        note_in_window(
            self.code_times
                .entry(request.client_id.clone())
                .or_default(),
            now,
            limits.token_window_seconds,
            limits.codes_per_window_max,
        )?;
        self.codes.retain(|_, code| code.expires_at > now);
        let code = self.chance.token(prefix_of(&request.client_id));
        let expires_at = now.saturating_add(i64::from(seconds));
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
        let text = self.chance.token(prefix_of(&caller.client_id));
        self.keep_refresh_token(text.clone(), caller, limits.refresh_tokens_max);
        text
    }

    pub(super) fn keep_refresh_token(
        &mut self,
        text: String,
        caller: &Caller,
        maximum: Option<u32>,
    ) {
        let Caller {
            client_id,
            user,
            scopes,
        } = caller.clone();
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
            client_id,
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

    /// Adds scopes to a refresh token and to its access tokens.
    pub(in crate::accounts) fn widen(&mut self, refresh_token: &str, scopes: &Scopes) {
        let Some(token) = self.refresh_tokens.get_mut(refresh_token) else {
            return;
        };
        token.scopes = token.scopes.joined_with(scopes);
        for access in self.access_tokens.values_mut() {
            if access.refresh_token.as_deref() == Some(refresh_token) {
                access.caller.scopes = token.scopes.clone();
            }
        }
    }

    /// Makes an access token, from a refresh token where there is one; that one's oldest may end by it.
    pub(crate) fn make_access_token(
        &mut self,
        caller: Caller,
        refresh_token: Option<&str>,
        limits: &Limits,
        now: i64,
    ) -> Result<String, Throttled> {
        let text = self.chance.token(prefix_of(&caller.client_id));
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
        let expires_at = now.saturating_add(i64::from(limits.access_token_seconds));
        let refresh_token = refresh_token.map(str::to_owned);
        if refresh_token.is_none() {
            self.end_oldest_lone_token(&caller.client_id);
        }
        self.access_tokens.insert(
            text.clone(),
            AccessToken {
                caller,
                made_at: now,
                expires_at,
                refresh_token,
            },
        );
        Ok(text)
    }

    /// Makes room for an access token that no refresh token bounds.
    fn end_oldest_lone_token(&mut self, client_id: &str) {
        let lone = self.access_tokens.iter().filter(|(_, token)| {
            token.refresh_token.is_none() && token.caller.client_id == client_id
        });
        let mut lone: Vec<(i64, String)> = lone
            .map(|(text, token)| (token.made_at, text.clone()))
            .collect();
        lone.sort();
        let too_many = (lone.len() + 1).saturating_sub(LONE_TOKENS_MAX);
        for (_, oldest) in lone.into_iter().take(too_many) {
            self.access_tokens.remove(&oldest);
        }
    }

    /// Who calls with this access token, and when it ends; `None` when it is unknown, ended or too old.
    pub(crate) fn caller(&self, access_token: &str, now: i64) -> Option<(Caller, i64)> {
        let token = self
            .access_tokens
            .get(access_token)
            .filter(|token| token.expires_at > now)?;
        Some((token.caller.clone(), token.expires_at))
    }

    /// A living token of either kind.
    pub(crate) fn inspect(&self, token: &str, now: i64) -> Option<Inspected> {
        let living = |token: &&AccessToken| token.expires_at > now;
        if let Some(access) = self.access_tokens.get(token).filter(living) {
            return Some(Inspected {
                caller: access.caller.clone(),
                life: Some((access.made_at, access.expires_at)),
            });
        }
        let refresh = self.refresh_tokens.get(token)?;
        Some(Inspected {
            caller: Caller {
                client_id: refresh.client_id.clone(),
                user: refresh.user,
                scopes: refresh.scopes.clone(),
            },
            life: None,
        })
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

    /// Ends an access token with the refresh token that it comes from, and all others of that one.
    pub(crate) fn end_grant_of(&mut self, access_token: &str) {
        let ended = self.access_tokens.remove(access_token);
        if let Some(refresh_token) = ended.and_then(|token| token.refresh_token) {
            self.end_refresh_token(&refresh_token);
        }
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
        .is_some_and(|at| at.saturating_add(i64::from(window_seconds)) <= now)
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
    use crate::data_center::DataCenter;
    use crate::seed::Seed;

    fn accounts() -> (Accounts, Caller, Limits) {
        let accounts = Accounts::new(&Seed::demo(), 1, 7, DataCenter::default());
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

    #[test]
    fn accounts_are_saved_and_restored_whole() {
        let (mut accounts, caller, limits) = accounts();
        let refresh = Some("1000.leadway-demo-refresh");
        let token = accounts
            .make_access_token(caller.clone(), refresh, &limits, 0)
            .unwrap();
        accounts.note_consent(&caller.client_id, 7, &caller.scopes, true);
        let saved = serde_json::to_string(&accounts).unwrap();
        let mut restored: Accounts = serde_json::from_str(&saved).unwrap();
        assert_eq!(serde_json::to_string(&restored).unwrap(), saved);
        assert_eq!(
            restored.caller(&token, 1).map(|(caller, _)| caller.user),
            Some(7)
        );
        let next = |accounts: &mut Accounts| {
            accounts.make_access_token(caller.clone(), refresh, &limits, 1)
        };
        assert_eq!(
            next(&mut restored),
            next(&mut accounts),
            "the next token is the same as without the pause"
        );
    }

    #[test]
    fn tokens_begin_as_the_id_of_their_client_does() {
        let (mut accounts, caller, limits) = accounts();
        for (client_id, start) in [
            ("1004.DEVICE", "1004."),
            ("odd", "1000."),
            ("1000", "1000."),
        ] {
            let caller = Caller {
                client_id: client_id.to_owned(),
                ..caller.clone()
            };
            assert!(
                accounts
                    .make_refresh_token(&caller, &limits)
                    .starts_with(start)
            );
        }
    }
}
