-- Moments are microseconds since 1970, UTC. Ids are lower-case UUIDs. Hashes are SHA-256.

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
    id            TEXT PRIMARY KEY,
    username      TEXT NOT NULL COLLATE NOCASE,
    password_hash TEXT NOT NULL,             -- argon2id, PHC text
    api_key_hash  BLOB NOT NULL UNIQUE,
    created_at    INTEGER NOT NULL,
    deleted_at    INTEGER
) STRICT;
CREATE UNIQUE INDEX accounts_by_name ON accounts (username) WHERE deleted_at IS NULL;

CREATE TABLE tokens (
    hash       BLOB PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE clusters (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    name         TEXT NOT NULL,
    type_id      INTEGER NOT NULL,
    flavor       TEXT NOT NULL,
    node_count   INTEGER NOT NULL,           -- what is wished
    status       TEXT NOT NULL,
    endpoint     TEXT,
    progress     TEXT,                       -- JSON, as on the wire
    reason       TEXT,                       -- JSON, as on the wire
    ca_pem       TEXT NOT NULL,
    ca_key       BLOB NOT NULL,              -- sealed
    ca_made_at   INTEGER NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    version      INTEGER NOT NULL            -- the event that last changed the row
) STRICT;
CREATE UNIQUE INDEX clusters_by_name ON clusters (account_id, name) WHERE status <> 'deleted';
CREATE INDEX clusters_by_version ON clusters (account_id, version);

CREATE TABLE nodes (
    id             TEXT PRIMARY KEY,
    cluster_id     TEXT NOT NULL REFERENCES clusters (id),
    ordinal        INTEGER NOT NULL,         -- 1 is the manager
    state          TEXT NOT NULL,
    address        TEXT,                     -- in the cluster's network
    api_port       INTEGER,                  -- on the host; kept when the container is made anew
    image          TEXT NOT NULL,
    engine_version TEXT,
    UNIQUE (cluster_id, ordinal)
) STRICT;

CREATE TABLE tasks (
    id          TEXT PRIMARY KEY,
    cluster_id  TEXT NOT NULL REFERENCES clusters (id),
    kind        TEXT NOT NULL,
    state       TEXT NOT NULL,               -- open, done, failed, dropped
    created_at  INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
-- One thing at a time: a cluster has at most one open task.
CREATE UNIQUE INDEX tasks_open ON tasks (cluster_id) WHERE state = 'open';
CREATE INDEX tasks_done ON tasks (kind, finished_at) WHERE state = 'done';

CREATE TABLE events (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    account_id  TEXT NOT NULL,
    cluster_id  TEXT NOT NULL,
    task_id     TEXT,
    at          INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    message     TEXT NOT NULL,
    detail      TEXT,
    duration_ms INTEGER
) STRICT;
CREATE INDEX events_by_cluster ON events (cluster_id, id);
CREATE INDEX events_by_account ON events (account_id, id);

CREATE TABLE idempotency (
    account_id   TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash BLOB NOT NULL,
    cluster_id   TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    PRIMARY KEY (account_id, key)
) STRICT;

CREATE TABLE credentials (
    serial      TEXT PRIMARY KEY,
    cluster_id  TEXT NOT NULL REFERENCES clusters (id),
    account_id  TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    issued_at   INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX credentials_by_cluster ON credentials (cluster_id, issued_at);
