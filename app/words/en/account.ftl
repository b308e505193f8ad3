# The account of whoever is signed in: API keys, sessions, theme and language.

who = You
role = Role
role-admin = Admin
role-member = Member
may-do = May
quota-used = { $count } of { $limit }
quota-nodes = Nodes in a cluster
by-key = API key { $name }
account-actions = Actions
last-used = Last used
never-used = Never
address-unknown = Unknown

preferences = Look and language
use-theme = Use theme
use-language = Use language

scope-read = Read
scope-read-hint = Look at clusters, events and logs.
scope-write = Write
scope-write-hint = Create, change and delete clusters, keys and sessions.
scope-credentials = Credentials
scope-credentials-hint = Download what gives full access to clusters.

keys = API keys
keys-none = There are no API keys. A program signs in with one, so that no password has to stand in its settings.
keys-table = Table of API keys
key-scopes = May
key-scopes-choose = What the key may do
key-made = Made
key-expires = Expires
key-expired = Expired
key-revoked = Revoked
key-until-revoked = When it is revoked
key-name-hint = What the key is for, such as “ci”. 1 to 64 characters.
make-key = Make key
make-key-title = Make an API key
making-key = Making key …
done-key-made = The API key is made.
key-secret = The secret of the API key
key-secret-why = This is the secret of the new API key. Put it where the program reads it.
revoke = Revoke
revoke-title = Revoke the API key “{ $name }”?
revoke-lost = Programs that use it are signed out at once, and cannot sign in with it again. This cannot be undone.
revoke-do = Revoke “{ $name }”
revoking = Revoking …
key-keep = Keep it
done-key-revoked = The API key is revoked.

sessions = Sessions
sessions-why = Where your account is signed in, in browsers and in programs. An ended session has to sign in again.
sessions-table = Table of sessions
sessions-more = { $count ->
    [one] { $count } more session is not shown.
   *[other] { $count } more sessions are not shown.
}
session-with = With
session-from = From
session-by = Signed in by
session-began = Began
session-this = This one
agent-unknown = Unknown program
end-session = End session
end-others = End all other sessions
ending = Ending …
done-session-ended = The session has ended.
done-sessions-ended = All other sessions have ended.

session-soon = Your session is about to end
session-soon-stay = Your session ends at { $time } unless you stay.
session-soon-last = Your session ends at { $time } whatever happens. Sign in again to go on.
stay = Stay
sign-in-again = Sign in again
session-early-why = The page stays as it is.
session-unreachable = Nothing answers. Check the network and try again.
