# All accounts, for those who look after them.

accounts = Accounts
accounts-table = Table of accounts
account-made = Made
admin-first = First page
add-account = Add account
adding-account = Adding account …
username-hint = 1 to 64 letters, digits and . _ @ - signs.
password-hint = 8 to 1024 characters. Leave it empty to have one made up; it is shown once.
role-member-hint = Sees its own clusters.
role-admin-hint = Makes accounts, sets quotas, and sees what all of them have.
quota-clusters = Clusters
quota-hint = Leave it empty for what the settings say.
quota-invalid = Type a whole number, or nothing.
done-account-added = The account is added.
account-password = The password of the account
account-password-why = This is the password of the new account. Hand it over safely.
change-account = Role and quotas
save-account = Save role and quotas
saving = Saving …
done-account-changed = The account is changed.
set-password-title = Password
new-password = New password
new-password-hint = 8 to 1024 characters. The account’s sessions with the old one end.
set-password = Set password
done-password-set = The password is set.
account-activity = Show activity
account-no-clusters = The account has no clusters.
close-account = Close account
close-account-why = Ends the account’s keys and sessions, and deletes its clusters, protected ones too.
close-account-open = Close account …
close-account-lost = “{ $name }” cannot sign in any more. Its API keys and sessions end, and { $count ->
    [0] it has no clusters to lose
    [one] its cluster is deleted, with all that runs in it, even if it is protected
   *[other] its { $count } clusters are deleted, with all that runs in them, protected ones too
}. This cannot be undone.
close-account-type = Type { $name } to confirm
close-account-do = Close “{ $name }”
closing = Closing …
keep-account = Keep account
close-mismatch = That is not the name of this account. Nothing was closed.
done-account-closed = The account is closed. Its clusters are being deleted.

engine = Engine
engine-state = State
engine-answers = Answers
engine-silent = Does not answer
engine-reason = Why
engine-not-in-time = It has not answered yet. Load the page again to ask once more.
engine-machines = Nodes are
engine-docker = Containers of this engine
engine-simulated = Simulated: there is no engine
engine-version = Version
engine-containers = Containers of Carina
engine-networks = Networks of Carina
engine-look = Nodes last looked at
engine-sweep = Left-overs last searched for
