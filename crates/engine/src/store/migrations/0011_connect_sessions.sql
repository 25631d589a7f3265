-- Consents that somebody has begun at Zoho's page and not finished. The PKCE verifier lies in secrets, as authorization/{state}/verifier.
CREATE TABLE authorizations (
    state        TEXT    NOT NULL PRIMARY KEY, -- SHA-256 of the state, hexadecimal
    connection   TEXT    NOT NULL,
    session      TEXT,                         -- the connect session that it was begun under
    data_center  TEXT,                         -- what the person chose on the hosted page
    redirect_uri TEXT    NOT NULL,
    binding      BLOB,                         -- SHA-256 of what the browser must bring back
    expires_at   INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX authorizations_age ON authorizations (expires_at);

-- Sessions in which a customer of another product connects once. A client secret lies in secrets, as connect_session/{id}/client_secret.
CREATE TABLE connect_sessions (
    id         TEXT    NOT NULL PRIMARY KEY, -- cns_…
    token      BLOB    NOT NULL UNIQUE,      -- SHA-256 of the token
    document   TEXT    NOT NULL,             -- JSON: owner, connection, what is asked for, who may open it
    state      TEXT    NOT NULL CHECK (state IN ('open', 'finishing', 'connected', 'ended')),
    failure    TEXT,                         -- why the last try came to nothing
    made_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX connect_sessions_age ON connect_sessions (expires_at);
