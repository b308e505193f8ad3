-- Whether a node takes work: `active`, `draining`, `drained`, `activating`. It outlives the node's machine.
ALTER TABLE nodes ADD COLUMN duty TEXT NOT NULL DEFAULT 'active';
