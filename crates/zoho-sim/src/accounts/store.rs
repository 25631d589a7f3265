//! Codes and tokens with their lives and limits, and who has consented to what.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::device::Device;
use super::enhance::Enhancement;
use super::{Client, ClientKind, Scopes};
use crate::chance::Chance;
use crate::data_center::DataCenter;
use crate::seed::Seed;

mod tokens;

/// Everything that the accounts host of one data center knows. It is saved and restored whole.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Accounts {
    pub(super) chance: Chance,
    /// Name of the data center.
    home: String,
    clients: BTreeMap<String, Client>,
    codes: BTreeMap<String, Code>,
    refresh_tokens: BTreeMap<String, RefreshToken>,
    access_tokens: BTreeMap<String, AccessToken>,
    /// Requests of devices, by device code.
    pub(super) devices: BTreeMap<String, Device>,
    /// Requests for more scopes, by enhancement token.
    pub(super) enhancements: BTreeMap<String, Enhancement>,
    /// What each user has granted each client, by client id.
    consents: BTreeMap<String, BTreeMap<u64, Consent>>,
    /// Times at which codes were made, by client.
    code_times: BTreeMap<String, VecDeque<i64>>,
    /// Order in which refresh tokens were made.
    made: u64,
}

/// What a user has granted a client.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Consent {
    pub(crate) scopes: Scopes,
    /// A client in the browser may renew its token as long as the person is signed in.
    pub(crate) is_for_session: bool,
}

/// What a code is made for.
#[derive(Debug, Clone, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Challenge {
    pub(crate) text: String,
    pub(crate) is_hashed: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Code {
    request: CodeRequest,
    expires_at: i64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct RefreshToken {
    client_id: String,
    user: u64,
    scopes: Scopes,
    order: u64,
    access_tokens: VecDeque<String>,
    made_at: VecDeque<i64>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct AccessToken {
    caller: Caller,
    made_at: i64,
    expires_at: i64,
    refresh_token: Option<String>,
}

/// Who calls: what an access token stands for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Caller {
    pub(crate) client_id: String,
    pub(crate) user: u64,
    pub(crate) scopes: Scopes,
}

/// A living token, looked at from outside.
#[derive(Debug)]
pub(crate) struct Inspected {
    pub(crate) caller: Caller,
    /// Of an access token: when it was made and when it ends.
    pub(crate) life: Option<(i64, i64)>,
}

/// Too many of something in a short time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Throttled;

impl Accounts {
    pub(crate) fn new(
        seed: &Seed,
        chance_seed: u64,
        first_user: u64,
        data_center: DataCenter,
    ) -> Self {
        let mut accounts = Self {
            chance: Chance::new(chance_seed),
            home: data_center.name().to_owned(),
            clients: BTreeMap::new(),
            codes: BTreeMap::new(),
            refresh_tokens: BTreeMap::new(),
            access_tokens: BTreeMap::new(),
            devices: BTreeMap::new(),
            enhancements: BTreeMap::new(),
            consents: BTreeMap::new(),
            code_times: BTreeMap::new(),
            made: 0,
        };
        for client in &seed.clients {
            let secret = &client.client_secret;
            let elsewhere = client
                .elsewhere
                .iter()
                .map(|(place, own)| (place.clone(), own.clone().unwrap_or_else(|| secret.clone())));
            accounts.register(Client {
                client_id: client.client_id.clone(),
                client_secret: secret.clone(),
                name: client
                    .name
                    .clone()
                    .unwrap_or_else(|| client.client_id.clone()),
                kind: client.kind,
                redirect_uris: client.redirect_uris.clone(),
                home: accounts.home.clone(),
                elsewhere: elsewhere.collect(),
            });
        }
        for token in &seed.refresh_tokens {
            let caller = Caller {
                client_id: token.client_id.clone(),
                user: first_user,
                scopes: Scopes::of(&token.scopes),
            };
            accounts.keep_refresh_token(token.refresh_token.clone(), &caller, None);
        }
        accounts
    }

    /// Name of the data center.
    pub(crate) fn home(&self) -> &str {
        &self.home
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

    /// Clients registered here that are switched on for another data center, with their secrets there.
    pub(crate) fn copies_for(&self, other: DataCenter) -> impl Iterator<Item = Client> {
        let own = self
            .clients
            .values()
            .filter(|client| client.home == self.home);
        own.filter_map(move |client| {
            Some(Client {
                client_secret: client.elsewhere.get(other.name())?.clone(),
                ..client.clone()
            })
        })
    }

    /// Whether a code or a token was made here and still lives, as far as was looked.
    pub(crate) fn knows(&self, text: &str) -> bool {
        self.codes.contains_key(text)
            || self.refresh_tokens.contains_key(text)
            || self.access_tokens.contains_key(text)
            || self.devices.contains_key(text)
            || self.enhancements.contains_key(text)
    }

    /// A client id and a secret that no client has yet.
    pub(crate) fn new_client_texts(&mut self, kind: ClientKind) -> (String, String) {
        let id = format!("{}.{}", kind.prefix(), self.chance.capitals(30));
        (id, self.new_secret())
    }

    /// A secret: 42 hexadecimal digits.
    pub(crate) fn new_secret(&mut self) -> String {
        let chance = &mut self.chance;
        let (first, second, third) = (
            chance.next_number(),
            chance.next_number(),
            chance.next_number(),
        );
        format!("{first:016x}{second:016x}{:010x}", third >> 24)
    }

    /// What a user has granted a client.
    pub(crate) fn consent(&self, client_id: &str, user: u64) -> Option<&Consent> {
        self.consents.get(client_id)?.get(&user)
    }

    /// Remembers what a user has granted; what he granted before stays granted.
    pub(crate) fn note_consent(
        &mut self,
        client_id: &str,
        user: u64,
        scopes: &Scopes,
        is_for_session: bool,
    ) {
        let users = self.consents.entry(client_id.to_owned()).or_default();
        let before = users.get(&user).map(|consent| consent.scopes.clone());
        let scopes = before.map_or_else(|| scopes.clone(), |before| before.joined_with(scopes));
        users.insert(
            user,
            Consent {
                scopes,
                is_for_session,
            },
        );
    }
}
