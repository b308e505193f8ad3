# The first page of a cluster.

about = About
docker-api = Docker API
cluster-id = Cluster id
not-yet = Not there yet
overview-labels = Labels
overview-no-labels = None
overview-change = Change
overview-protection = Deletion protection
overview-events = Latest events
overview-all-events = All events
overview-no-events = Nothing has happened yet.
overview-unknown = Not known now.

# What uses the cluster up.
load = Load
load-hour = last hour
load-all = All metrics
load-nothing = nothing measured yet
load-old = last measured { $ago }
load-now = { $amount } · { $share }
load-words = { $least } to { $most }, on average { $mean }

# The drawing of the nodes, and the same in words.
topology = Topology
topology-summary = { $managers }, { $workers }: { $states }
topology-managers = { $count ->
    [one] { $count } manager
   *[other] { $count } managers
}
topology-workers = { $count ->
    [one] { $count } worker
   *[other] { $count } workers
}
topology-words = In words
topology-all = More about the nodes
topology-legend = Containers
topology-no-containers = No containers.
topology-manager = manager
topology-manages = manager
topology-worker = worker
topology-new = new node
topology-planned = to come
topology-creating = being created
topology-joining = joining the swarm
topology-ready = ready
topology-renewing = getting new certificates
topology-draining = giving its work away
topology-lost = lost
topology-nothing = nothing on it
topology-silent = does not answer
topology-cpu = CPU { $share }
topology-running = { $count } running
topology-changing = { $count } changing
topology-stopped = { $count } stopped
topology-dead = { $count } dead
