-- Requests for help. What happens to one is a list of notes, and their numbers are the journal that
-- subscriptions follow.
CREATE TABLE tickets (
    id           TEXT PRIMARY KEY,
    account_id   TEXT NOT NULL REFERENCES accounts (id),
    cluster_id   TEXT,                       -- may be gone
    cluster_name TEXT,
    subject      TEXT NOT NULL,
    state        TEXT NOT NULL,              -- open, answered, resolved
    opened_by    TEXT,                       -- the name of an account; NULL: by itself
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    notes        INTEGER NOT NULL,           -- how many there are
    version      INTEGER NOT NULL            -- the last of them
) STRICT;
CREATE INDEX tickets_by_account ON tickets (account_id, updated_at);
CREATE INDEX tickets_by_cluster ON tickets (cluster_id);

CREATE TABLE ticket_notes (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    ticket_id  TEXT NOT NULL REFERENCES tickets (id),
    account_id TEXT NOT NULL,                -- whose ticket it is
    at         INTEGER NOT NULL,
    author     TEXT,                         -- the name of an account; NULL: by itself
    is_admin   INTEGER NOT NULL,
    state      TEXT NOT NULL,                -- of the ticket, from then on
    text       TEXT NOT NULL
) STRICT;
CREATE INDEX ticket_notes_by_ticket ON ticket_notes (ticket_id, id);
CREATE INDEX ticket_notes_by_account ON ticket_notes (account_id, id);
