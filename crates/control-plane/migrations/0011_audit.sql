-- Who did what, from where, with which key. Kept for good: whoever could shorten it could hide in it.
-- Names are copies on purpose: what they name may be gone by the time somebody reads this.
CREATE TABLE audit (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    at           INTEGER NOT NULL,
    account_id   TEXT,                       -- whose log; NULL: a sign-in with a name that nobody has
    actor        TEXT,                       -- a username; NULL: somebody on the machine itself
    key_name     TEXT,                       -- NULL: no key was used
    address      TEXT,
    action       TEXT NOT NULL,
    cluster_id   TEXT,
    cluster_name TEXT,
    detail       TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_account ON audit (account_id, id);
CREATE INDEX audit_by_cluster ON audit (cluster_id, id);

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
-- A REPLACE deletes without asking the trigger above.
CREATE TRIGGER audit_is_not_replaced BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;

-- The ledger of credentials: to whom a certificate was handed out, and whether a rotation ended it.
ALTER TABLE credentials ADD COLUMN username TEXT NOT NULL DEFAULT '';
ALTER TABLE credentials ADD COLUMN key_name TEXT;
ALTER TABLE credentials ADD COLUMN address TEXT;
ALTER TABLE credentials ADD COLUMN revoked_at INTEGER;
UPDATE credentials SET username =
    (SELECT username FROM accounts WHERE accounts.id = credentials.account_id);
