-- Several API keys an account, roles, quotas of an account's own, and sign-ins that can be told apart.

-- The one key of each account moves into a table of its own, so its column goes. SQLite drops no column
-- that is UNIQUE: the table is made anew, with the rows held aside meanwhile.
PRAGMA defer_foreign_keys = ON;

CREATE TEMP TABLE accounts_before AS SELECT * FROM accounts;
DROP TABLE accounts;
CREATE TABLE accounts (
    id            TEXT PRIMARY KEY,
    username      TEXT NOT NULL COLLATE NOCASE,
    password_hash TEXT NOT NULL,             -- argon2id, PHC text
    role          TEXT NOT NULL CHECK (role IN ('admin', 'member')),
    max_clusters  INTEGER,                   -- NULL: as the settings say
    max_nodes     INTEGER,                   -- NULL: as the settings say
    created_at    INTEGER NOT NULL,
    deleted_at    INTEGER
) STRICT;
-- The account that the very first start made rules the others.
INSERT INTO accounts (id, username, password_hash, role, created_at, deleted_at)
    SELECT id, username, password_hash,
           CASE WHEN username = 'admin' COLLATE NOCASE AND deleted_at IS NULL THEN 'admin' ELSE 'member' END,
           created_at, deleted_at
    FROM accounts_before;
CREATE UNIQUE INDEX accounts_by_name ON accounts (username) WHERE deleted_at IS NULL;

CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    name         TEXT NOT NULL,
    hash         BLOB NOT NULL UNIQUE,
    scopes       TEXT NOT NULL,              -- words with spaces between
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER,                    -- NULL: never
    last_used_at INTEGER,
    revoked_at   INTEGER
) STRICT;
CREATE UNIQUE INDEX api_keys_by_name ON api_keys (account_id, name) WHERE revoked_at IS NULL;

INSERT INTO api_keys (id, account_id, name, hash, scopes, created_at, revoked_at)
    SELECT lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
                 || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
           id, 'first', api_key_hash, 'read write credentials', created_at, deleted_at
    FROM accounts_before;
DROP TABLE accounts_before;

-- A token is a sign-in that goes on. Of those from before, nobody knows any more whether a password or
-- the key was given; they end within a day, and can be ended like all others.
CREATE TEMP TABLE tokens_before AS SELECT * FROM tokens;
DROP TABLE tokens;
CREATE TABLE tokens (
    hash         BLOB PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    key_id       TEXT REFERENCES api_keys (id), -- NULL: a password
    scopes       TEXT NOT NULL,
    address      TEXT,                       -- where the sign-in came from
    user_agent   TEXT,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX tokens_by_account ON tokens (account_id, created_at);
CREATE INDEX tokens_by_key ON tokens (key_id);
INSERT INTO tokens (hash, id, account_id, scopes, created_at, last_used_at, expires_at)
    SELECT hash,
           lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
                 || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))),
           account_id, 'read write credentials', created_at, created_at, expires_at
    FROM tokens_before;
DROP TABLE tokens_before;
