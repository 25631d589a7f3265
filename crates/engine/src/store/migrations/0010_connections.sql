-- What happened to connections: granted, revoked, in need of consent, ready again. Appended, never changed.
CREATE TABLE connection_events (
    seq        INTEGER PRIMARY KEY,
    connection TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('granted', 'needs_consent', 'ready', 'revoked', 'not_revoked', 'removed')),
    client_id  TEXT    NOT NULL,             -- whose refresh tokens are counted
    made_token INTEGER NOT NULL DEFAULT 0,   -- 1: Zoho made a refresh token, -1: it revoked one
    detail     TEXT    NOT NULL              -- a sentence, without secrets
);
CREATE INDEX connection_events_connection ON connection_events (connection, seq);
