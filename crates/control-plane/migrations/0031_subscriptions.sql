-- Where events and tickets are told of.
CREATE TABLE subscriptions (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    kind         TEXT NOT NULL,              -- webhook, mail
    place        TEXT NOT NULL,              -- the URL, the mail address
    secret       BLOB,                       -- what webhooks are signed with, sealed
    topics       TEXT NOT NULL,              -- JSON: words; [] is everything
    cluster_id   TEXT,                       -- NULL: all clusters
    all_accounts INTEGER NOT NULL,
    enabled      INTEGER NOT NULL,
    note         TEXT,                       -- why it was disabled by itself
    given_up     INTEGER NOT NULL DEFAULT 0, -- deliveries in a row that did not arrive
    last_event   INTEGER NOT NULL,           -- how far the journals were read
    last_note    INTEGER NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX subscriptions_by_account ON subscriptions (account_id, created_at);

-- Notices on their way: what is written here is sent at least once.
CREATE TABLE deliveries (
    id              TEXT PRIMARY KEY,
    subscription_id TEXT NOT NULL REFERENCES subscriptions (id),
    kind            TEXT NOT NULL,
    body            TEXT NOT NULL,           -- JSON, the very bytes that are signed and sent
    state           TEXT NOT NULL,           -- pending, delivered, given_up
    tries           INTEGER NOT NULL DEFAULT 0,
    created_at      INTEGER NOT NULL,
    next_try_at     INTEGER NOT NULL,
    outcome         TEXT                     -- of the last try, in a sentence
) STRICT;
CREATE INDEX deliveries_due ON deliveries (next_try_at) WHERE state = 'pending';
CREATE INDEX deliveries_by_subscription ON deliveries (subscription_id, created_at);
CREATE INDEX deliveries_by_age ON deliveries (created_at);
