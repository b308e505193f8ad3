# What runs in a cluster.

inside-services = Services
inside-services-table = Table of services
inside-containers-table = Table of containers
inside-no-services = No services yet. `docker service create` or `docker stack deploy` makes some.
inside-no-containers = No containers yet. Get access, and `docker run` or `docker service create` starts the first.
inside-no-match = There is no such container.
inside-services-unknown = What services there are is not known now. { $why }
inside-lost = { $count ->
    [one] { $names } does not answer.
   *[other] { $names } do not answer.
}
inside-containers-unknown = What containers there are is not known now. { $why }
inside-manager-silent = The services are not known now:
inside-nodes-silent = Containers of these nodes are missing here:
inside-mode = Mode
inside-replicas = Running
inside-ports = Ports
inside-node = Node
inside-view-logs = View logs
inside-replicated = Replicated
inside-global = One a node
inside-replicated-job = Job
inside-global-job = Job, one a node
inside-find = Find a container
inside-find-label = Find containers by name, image, node or service
inside-page-of = Page { $page } of { $pages }
inside-running = Running
inside-stopped = Stopped
inside-up = Up { $time }
inside-stopped-ago = Stopped { $time } ago
inside-exit-code = { $status }, exit code { $code }
inside-healthy = { $status }, healthy
inside-unhealthy = { $status }, unhealthy
inside-created = Created, not started
inside-paused = Paused
inside-restarting = Restarting
inside-removing = Being removed
inside-dead = Dead
inside-moment = less than a second
inside-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
inside-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
inside-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
inside-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
inside-weeks = { $count ->
    [one] { $count } week
   *[other] { $count } weeks
}
inside-months = { $count ->
    [one] { $count } month
   *[other] { $count } months
}
inside-years = { $count ->
    [one] { $count } year
   *[other] { $count } years
}
