# The nodes of a cluster, and how many there are to be.

nodes-none = There are no nodes yet.
nodes-table = Table of nodes
nodes-state = State
nodes-role = Role
nodes-cpu = CPU
nodes-memory = Memory
nodes-address = Address
nodes-engine = Engine
nodes-image = Image
nodes-cpu-of = CPU of { $name }
nodes-memory-of = Memory of { $name }
nodes-usage-unknown = What the nodes use is not known now. { $why }
nodes-drained = It takes no work: the swarm drains it.
nodes-paused = It takes no new work: the swarm pauses it.
nodes-down = The swarm does not reach it.
nodes-creating = Creating
nodes-joining = Joining
nodes-ready = Ready
nodes-renewing = Renewing
nodes-draining = Draining
nodes-lost = Lost
nodes-not-ready = Not ready
nodes-manager = Manager
nodes-worker = Worker
size-title = Grow or shrink
size-label = Number of nodes
size-limit = 1 to { $limit ->
    [one] { $limit } node
   *[other] { $limit } nodes
}.
size-change = Change size
size-changing = Changing …
size-grow-by = Grow by { $by }
size-shrink-by = Shrink by { $by }
size-same = This is the size it has now.
size-grow = Grow by { $by } to { $to ->
    [one] { $to } node
   *[other] { $to } nodes
}.
size-shrink = Shrink by { $by }: { $count ->
    [one] { $names } goes; its containers move to the others first.
   *[other] { $names } go; their containers move to the others first.
}
size-and-more = { $names } and { $count } more
size-look = Show what this means
done-resize = The cluster is changing its size.
nodes-acts = Actions
nodes-choose = Choose the workers that go.
nodes-remove = Remove chosen nodes
nodes-acts-why = Drain moves the work of a node elsewhere and keeps it away. Replace brings a new node first; then the old one goes. What goes takes the volumes on it with it.
nodes-drain = Drain
nodes-undrain = Give work again
nodes-replace = Replace
done-remove = The chosen nodes are being removed.
done-replace = A new node takes the place of the old one.
done-drain = The work of the node moves to the others.
done-undrain = The node takes work again.

leaving-remove-ask = { $count ->
    [one] Remove { $names }
   *[other] Remove these nodes: { $names }
}?
leaving-remove-do = { $count ->
    [one] Remove { $names }
   *[other] Remove { $count } nodes
}
leaving-removing = Removing …
leaving-replace-ask = Replace { $name }?
leaving-replace-do = Replace { $name }
leaving-replacing = Replacing …
leaving-lost = This is lost:
leaving-lost-containers = Containers there that belong to no service
leaving-lost-volumes = Images and volumes there, with what is in them
leaving-kept = This is kept:
leaving-moves = Services: their containers move to the other nodes first
leaving-new-first = Services: a new node comes first, then their containers move to the other nodes
leaving-kept-rest = The other nodes, the address of the cluster, and its credentials
leaving-keep = Keep as it is
