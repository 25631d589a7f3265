-- The gateway's store. Instants are microseconds since 1970 in UTC; ids and states are explained in
-- docs/data-model.md, and who moves a delivery from state to state in engine/src/pipeline.rs.

-- Configuration, versioned: each change appends a row; the newest version of a name counts.
CREATE TABLE config_items (
    kind       TEXT    NOT NULL,             -- connection, source, form, mapping, route
    name       TEXT    NOT NULL,
    version    INTEGER NOT NULL,             -- 1, 2, 3 … of this name
    position   INTEGER NOT NULL,             -- place in its list, so that an export keeps the order
    document   TEXT,                         -- JSON, without secrets; NULL: deleted in this version
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (kind, name, version)
) WITHOUT ROWID;

-- Secrets, encrypted by the vault; the name is bound into the ciphertext.
CREATE TABLE secrets (
    name       TEXT NOT NULL PRIMARY KEY,    -- connection/demo/refresh_token
    ciphertext BLOB NOT NULL,
    changed_at INTEGER NOT NULL
) WITHOUT ROWID;

-- How far the intake log has been planned: rows up to here live on in `events`.
CREATE TABLE progress (
    name  TEXT    NOT NULL PRIMARY KEY,      -- planned_through
    value INTEGER NOT NULL
) WITHOUT ROWID;

-- Events: immutable once planned.
CREATE TABLE events (
    seq          INTEGER PRIMARY KEY,        -- order of planning
    id           BLOB    NOT NULL,           -- evt_…, 16 bytes, sorted by time of acceptance
    received_at  INTEGER NOT NULL,
    occurred_at  INTEGER NOT NULL,
    source       TEXT    NOT NULL,
    kind         TEXT    NOT NULL,           -- identify, track, page, screen, group, alias
    name         TEXT,
    message_id   TEXT    NOT NULL,
    message_key  BLOB    NOT NULL,           -- 16 bytes of SHA-256 over source and message_id
    subject      TEXT,
    status       TEXT    NOT NULL CHECK (status IN ('routed', 'not_routed', 'duplicate')),
    duplicate_of BLOB,                       -- id of the event that came first
    decisions    TEXT    NOT NULL,           -- JSON: what each route decided
    arrival      TEXT    NOT NULL,           -- JSON: what the edge saw of the sender
    payload      TEXT    NOT NULL,           -- the body as it came
    CHECK ((status = 'duplicate') = (duplicate_of IS NOT NULL))
);
CREATE UNIQUE INDEX events_id ON events (id);

-- Lanes: deliveries that may share a batch, since connection, module, operation and options are the same.
CREATE TABLE lanes (
    id         INTEGER PRIMARY KEY,
    connection TEXT NOT NULL,
    module     TEXT NOT NULL,
    operation  TEXT NOT NULL,                -- upsert, insert
    options    TEXT NOT NULL,                -- JSON: duplicate_check_fields, trigger, lar_id
    UNIQUE (connection, module, operation, options)
);

-- Deliveries: one event for one destination.
CREATE TABLE deliveries (
    seq              INTEGER PRIMARY KEY,    -- dlv_…; order of planning, and order per key
    event_id         BLOB    NOT NULL,
    route            TEXT    NOT NULL,
    lane_id          INTEGER NOT NULL,
    order_key        INTEGER,                -- hash of connection, module and duplicate-check value; NULL: no order to keep
    record           TEXT    NOT NULL,       -- JSON: field API names and values
    created_at       INTEGER NOT NULL,
    replay_of        INTEGER,                -- the delivery that this one repeats
    -- mutable from here on
    state            TEXT    NOT NULL CHECK (state IN ('pending', 'leased', 'retrying', 'delivered', 'dead')),
    attempts         INTEGER NOT NULL DEFAULT 0,
    is_solo          INTEGER NOT NULL DEFAULT 0, -- goes alone: Zoho refused a whole batch that it was in
    uncertain_since  INTEGER,                -- a try's answer was lost then, and a blind repeat could make a second record
    due_at           INTEGER,
    lease_token      INTEGER,
    lease_expires_at INTEGER,
    settled_at       INTEGER,
    record_id        TEXT,                   -- Zoho's id of the record
    action           TEXT,                   -- insert, update, found
    problem_code     TEXT,                   -- problem's code, for lists
    problem          TEXT,                   -- JSON: why it is dead, or why the last try failed
    replayed_as      INTEGER,                -- the delivery that repeats this one
    CHECK ((settled_at IS NOT NULL) = (state IN ('delivered', 'dead'))),
    CHECK ((lease_token IS NOT NULL) = (state = 'leased')),
    CHECK ((lease_expires_at IS NOT NULL) = (state = 'leased')),
    CHECK ((due_at IS NOT NULL) = (state IN ('pending', 'retrying')))
);
CREATE INDEX deliveries_event ON deliveries (event_id);
-- With the state, so that what waits is counted without reading the rows.
CREATE INDEX deliveries_due ON deliveries (lane_id, due_at, seq, state) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_key ON deliveries (order_key, seq) WHERE settled_at IS NULL AND order_key IS NOT NULL;
CREATE INDEX deliveries_leased ON deliveries (lease_token, lease_expires_at) WHERE lease_token IS NOT NULL;
CREATE INDEX deliveries_dead ON deliveries (seq) WHERE state = 'dead';

-- Batches: one call to Zoho each. Appended, never changed.
CREATE TABLE batches (
    id          INTEGER PRIMARY KEY,         -- bat_…
    lane_id     INTEGER NOT NULL,
    request     TEXT    NOT NULL,            -- POST /crm/v8/Leads/upsert
    rows        INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    http_status INTEGER,                     -- NULL: no answer came
    credits     INTEGER NOT NULL
);

-- Attempts: each try of a delivery. Appended, never changed.
CREATE TABLE attempts (
    delivery_seq INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    batch_id     INTEGER NOT NULL,
    verdict      TEXT    NOT NULL CHECK (verdict IN ('delivered', 'continue', 'permanent', 'exhausted')),
    code         TEXT    NOT NULL,
    message      TEXT    NOT NULL,
    answer       TEXT,                       -- Zoho's answer for this row, as it came
    PRIMARY KEY (delivery_seq, number)
) WITHOUT ROWID;

-- Counts by minute, for the overview: events, delivered, credits/{connection}.
CREATE TABLE tallies (
    name   TEXT    NOT NULL,
    minute INTEGER NOT NULL,                 -- minutes since 1970
    count  INTEGER NOT NULL,
    PRIMARY KEY (name, minute)
) WITHOUT ROWID;

-- Rows of the intake log that could not be read back, kept as they are.
CREATE TABLE unreadable (
    log_seq INTEGER PRIMARY KEY,
    reason  TEXT NOT NULL,
    frames  BLOB NOT NULL
);
