-- When the last try of a request ended, or was cut short, of which nobody knows the outcome: Zoho may be at work on it for a while.
ALTER TABLE idempotency_keys ADD COLUMN tried_at INTEGER NOT NULL DEFAULT 0;
