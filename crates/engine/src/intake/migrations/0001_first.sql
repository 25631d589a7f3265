-- The intake log: what was accepted and is not planned yet. One row is one group commit.
CREATE TABLE log (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice, also after rows are gone
    events INTEGER NOT NULL,                  -- how many frames the row holds
    frames BLOB    NOT NULL                   -- the events, see frame.rs
);
