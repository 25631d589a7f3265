-- Whether the last try of a connect session came to nothing because its customer said no at Zoho.
ALTER TABLE connect_sessions ADD COLUMN is_declined INTEGER NOT NULL DEFAULT 0;
CREATE INDEX authorizations_session ON authorizations (session);
