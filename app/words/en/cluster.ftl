# What all pages of one cluster, and its card, have in common.

status-creating = Creating
status-active = Active
status-resizing = Resizing
status-growing = Growing
status-shrinking = Shrinking
status-repairing = Repairing
status-rebuilding = Rebuilding
status-rotating = Rotating
status-deleting = Deleting
status-deleted = Deleted
status-error = Error
cells-ready = { $count } ready
cells-coming = { $count } coming
cells-leaving = { $count } leaving
cells-lost = { $count } lost
cells-free = room for { $count } more
doing-usually = usually { $time }
doing-step = step { $number } of { $of }
doing-so-far = so far
why-unknown = Something failed. The events tell what.
why-since = That was
why-retried-since = It is tried again by itself. It began
retry = Retry
retrying = Retrying …
what-happened = What happened
what-else-helps = What else helps
engine-words = What the engine said
done-retry = The failed step is tried again.
cluster-facts = { $type } · { $flavor } · { $ready } of { $count ->
    [one] { $count } node
   *[other] { $count } nodes
} ready
tabs-of = Pages of { $name }
tab-overview = Overview
tab-nodes = Nodes
tab-containers = Containers
tab-logs = Logs
tab-metrics = Metrics
tab-events = Events
tab-access = Access
tab-settings = Settings

# What is said to those who hear the page, when something changes by itself.
said-many = { $count } clusters have changed.
said-one = { $name } is { $status }.
said-creating = being created
said-active = active
said-resizing = changing its size
said-repairing = being repaired
said-rebuilding = being rebuilt
said-rotating = getting new keys
said-deleting = being deleted
said-deleted = deleted
said-error = in error
settled = All is well: { $ready } of { $count } ready
gone = { $name } is deleted
gone-why = Its nodes, its containers and its volumes are gone, and its credentials no longer work.
