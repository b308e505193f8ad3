# What is around every page.

brand = Carina
brand-home = Carina, home
brand-clusters = Carina, to the clusters
description = Carina makes Docker Swarm clusters that are ready in seconds.
skip = Skip to content
nav-main = Main
nav-clusters = Clusters
nav-activity = Activity
nav-help = Help
nav-admin = Admin
nav-account = Account and keys
crumbs = Breadcrumb
go = Go to
go-title = Go to a page or a cluster
theme = Theme
theme-system = System
theme-light = Light
theme-dark = Dark
language = Language
account-menu = Account
signed-in-as = Signed in as
sign-out = Sign out
fresh-live = Live · updated
fresh-updated = Updated
fresh-as-of = As of { $time }
banner-simulated = Simulated:
banner-simulated-why = these clusters are not real. Nothing runs behind them.
banner-unreachable = Control plane unreachable since { $time }.
banner-unreachable-why = You see what was known then.
unanswered = Nothing answered. It may have been done all the same: look before you send it again.
reloads = This page reloads by itself while something changes.
stop-reloading = Stop reloading
copy = Copy
copied = Copied
copied-what = Copied: { $what }
on = On
off = Off
try-again = Try again
back-to-clusters = Back to the clusters

sign-in = Sign in
sign-in-title = Sign in to Carina
sign-in-lead = Docker Swarm clusters of your own, ready in seconds.
sign-in-ended = Your session has ended. Sign in to go on where you were.
sign-in-with = Sign in with
signing-in = Signing in …
username = Username
password = Password
api-key = API key

session-ended = Your session has ended
session-ended-why = Nothing you typed is lost. Sign in, and it goes on.

shown-once = It is shown this once.
shown-gone = This was shown once, and is not kept here. If it is lost, delete it and make another.
close = Close
