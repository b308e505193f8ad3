-- The name its machines go by: the one it was made with. Renaming does not touch them.
ALTER TABLE clusters ADD COLUMN made_as TEXT NOT NULL DEFAULT '';
UPDATE clusters SET made_as = name;

ALTER TABLE clusters ADD COLUMN labels TEXT NOT NULL DEFAULT '{}';   -- JSON, as on the wire

ALTER TABLE clusters ADD COLUMN autoscale INTEGER NOT NULL DEFAULT 0;
ALTER TABLE clusters ADD COLUMN autoscale_policy TEXT;               -- JSON, as on the wire; NULL: the default
ALTER TABLE clusters ADD COLUMN autoscale_paused_until INTEGER;
ALTER TABLE clusters ADD COLUMN autoscale_checked_at INTEGER;
ALTER TABLE clusters ADD COLUMN autoscale_found TEXT;

-- The authority before this one, until no node uses it any more.
ALTER TABLE clusters ADD COLUMN old_ca_pem TEXT;
ALTER TABLE clusters ADD COLUMN old_ca_key BLOB;                     -- sealed

CREATE INDEX clusters_by_status ON clusters (status);
