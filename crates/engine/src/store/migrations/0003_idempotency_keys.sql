-- What callers of actions have asked for under names of their own, for 24 hours: a repeat gets the first answer.
CREATE TABLE idempotency_keys (
    connection TEXT    NOT NULL,
    key        TEXT    NOT NULL,             -- the header Idempotency-Key
    action     TEXT    NOT NULL,             -- crm.create_record
    digest     BLOB    NOT NULL,             -- SHA-256 of action, inputs and files
    began_at   INTEGER NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('running', 'answered', 'unknown')),
    answer     TEXT,                         -- JSON: the answer, once there is one
    CHECK ((answer IS NOT NULL) = (state = 'answered')),
    PRIMARY KEY (connection, key)
) WITHOUT ROWID;
CREATE INDEX idempotency_keys_age ON idempotency_keys (began_at);
