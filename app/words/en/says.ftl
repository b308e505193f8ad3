# Sentences of the control plane, as it writes them: a test holds the table in says/sentences.rs to these.
# They have no full stop here; it is taken from the sentence.


# steps, as they are done
say-network = The network is made
say-start = Node { $node } starts
say-renew = Node { $node } gets new certificates
say-swarm = The swarm is made
say-scripts = The operator’s scripts run on node { $node }
say-join = Node { $node } joins the swarm
say-drain = Node { $node } hands its work over
say-activate = Node { $node } takes work again
say-remove = Node { $node } is removed
say-check = All nodes report in
say-erase = Nodes, volumes and the network are removed
say-network-done = Network made
say-start-done = Node { $node } started
say-renew-done = Node { $node } has new certificates
say-swarm-done = Swarm made
say-scripts-done = The operator’s scripts ran on node { $node }
say-join-done = Node { $node } joined the swarm
say-drain-done = Node { $node } handed its work over
say-remove-done = Node { $node } removed
say-check-done = All nodes reported in
say-erase-done = Nodes, volumes and the network removed

# what was asked for
say-asked-for = Asked for: { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
} of { $flavor }
say-asked-grow-rests = Asked to grow by { $by } to { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}; autoscaling rests for { $seconds } s
say-asked-grow = Asked to grow by { $by } to { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}
say-asked-shrink-one = Asked to shrink by { $by } to { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}; node { $node } goes
say-asked-shrink-many = Asked to shrink by { $by } to { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}; nodes { $gone } go
say-asked-shrink-rests = Asked to shrink by { $by } to { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}; autoscaling rests for { $seconds } s
say-asked-shrink = Asked to shrink by { $by } to { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}
say-asked-and-rests = { $said }; autoscaling rests for { $seconds } s
say-asked-replace = Asked to replace node { $node } by node { $new }
say-asked-drain = Asked to drain node { $node }
say-asked-undrain = Asked to give node { $node } work again
say-asked-rebuild = Asked to rebuild it: new certificates and a new swarm; volumes and containers on the nodes stay
say-asked-rotate = Asked for new certificates; bundles handed out before will be refused
say-asked-again = Asked to try the { $task } again
say-asked-delete = Asked to delete it
say-autoscaling-on = Autoscaling on
say-autoscaling-off = Autoscaling off
say-autoscaling-policy = Autoscaling with another policy
say-renamed = Renamed from { $before } to { $name }
say-labels-changed = Labels changed
say-protected = Protected against deletion
say-unprotected = No longer protected against deletion
say-account-was-closed = The account was closed

# what happens by itself
say-active-with = Active with { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}
say-deleted = Deleted
say-resumed = Work goes on after a restart of the control plane
say-script-ran = { $script } ran on node { $node }
say-node-stays = Node { $node } stays: its work found no place on the other nodes
say-node-still-busy = Node { $node } takes no more work; some still runs on it
say-node-lost = Node { $node } is lost: { $why }
say-node-replaced = Node { $node } is replaced
say-nodes-replaced = Nodes { $nodes } are replaced
say-why-container-gone = its container is gone
say-why-silent = its engine does not answer
say-why-memory = it ran out of memory
say-why-memory-flavor = it ran out of memory. Use a larger flavor
say-why-paused = its container is paused
say-why-code = its engine ended with code { $code }
say-why-ended = its engine ended
say-why-starting = its Docker Engine ended while it started

# autoscaling
say-autoscale-grows = Autoscaling grows it to { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}: { $found }
say-autoscale-shrinks = Autoscaling shrinks it to { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}: { $found }
say-autoscale-holds = Autoscaling would add a node, but { $because }: { $found }
say-because-most = { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
} is its most
say-because-quota = your quota is { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
} a cluster
say-found-least = { $found }; at least { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}
say-found-fits = { $found }; it fits on { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}
say-found = { $measure } on { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}
say-found-not = Its services could not be looked at
say-found-not-in-time = Its services could not be looked at in time
say-measure-reserved-cpu = reserved processor { $percent } % (target { $target } %)
say-measure-reserved-memory = reserved memory { $percent } % (target { $target } %)
say-measure-used-cpu = used processor { $percent } % (target { $target } %)
say-measure-used-memory = used memory { $percent } % (target { $target } %)
say-measure-none = nothing measured yet
say-measure-waiting = { $tasks ->
    [one] { $tasks } task
   *[other] { $tasks } tasks
} without a place

# failures: what was being done
say-not-started = Node { $node } did not start
say-not-started-why = Node { $node } did not start: { $why }
say-not-started-again = Node { $node } did not start again
say-not-made = Node { $node } could not be made
say-no-certificates = Node { $node } did not take its certificates
say-no-new-certificates = Node { $node } did not take its new certificates
say-not-joined = Node { $node } could not join the swarm
say-not-drained = Node { $node } could not be drained
say-not-undrained = Node { $node } could not be given work again
say-not-reached = Node { $node } cannot be reached
say-script-not-run = The script { $script } could not run on node { $node }
say-swarm-not-made = The swarm could not be made
say-swarm-no-token = The swarm could not be asked for its token
say-swarm-not-anew = The swarm could not be made anew
say-swarm-tokens = The tokens of the swarm could not be made anew
say-swarm-not-seen = The swarm could not be looked at
say-swarm-nodes = The nodes of the swarm could not be listed
say-swarm-not-asked = A node could not be asked about its swarm
say-swarm-not-left = A node could not be taken out of the swarm
say-services-not-seen = The services of the cluster could not be looked at
say-services-not-listed = The services could not be listed
say-containers-not-listed = The containers could not be listed
say-network-not-made = The cluster's network could not be made
say-network-not-seen = The cluster's network could not be looked at
say-network-not-removed = The cluster's network could not be removed
say-network-gone = The cluster's network is gone; it will be made again
say-nodes-not-listed = The nodes of this host could not be listed
say-node-not-seen = A node could not be looked at
say-node-not-removed = A node could not be removed
say-volume-not-removed = The volume of a node could not be removed
say-address-not-freed = The address of a node could not be freed
say-engine-not-listed = What is on the engine could not be listed
say-left-not-listed = What is left of the cluster could not be listed
say-ran-not-seen = What ran on a node could not be looked up
say-uses-not-read = What nodes use could not be read
say-node-log-not-read = The log of a node could not be read
say-log-not-read = The log could not be read
say-api-not-reached = The Docker API cannot be reached
say-image-not-seen = The node image cannot be looked at
say-trial-not-started = A trial container did not start

# failures: why, and what helps
say-failed-silent = { $what }: the node does not answer
say-failed-busy = { $what }: the swarm is too busy
say-failed-disk = { $what }: { $words }. Free disk space on the host of the Docker Engine, then retry
say-failed-memory = { $what }: { $words }. Free memory on the host of the Docker Engine, or choose smaller nodes, then retry
say-failed-rights = { $what }: { $words }. The host lets nodes do too little: name a runtime for them in CARINA_NODE_RUNTIME, such as sysbox-runc, then retry
say-failed-runtime = { $what }: { $words }. Name a runtime that the Docker Engine has in CARINA_NODE_RUNTIME, then retry
say-failed-mend = { $what }: { $words }. Mend that, then retry
say-failed-timeout = This took longer than { $seconds } s: { $step }
say-failed-database = The control plane's database failed. Work goes on when it is back
say-failed-keys = The keys of this cluster cannot be read. Put the key file back that belongs to this database, then retry
say-failed-certificates = The certificates of this cluster cannot be used. Put the key file back that belongs to this database, or delete the cluster and make it anew
say-failed-nodes-address = The address of the nodes is not understood. Check DOCKER_HOST, then retry
say-failed-inside = Something failed on our side. Retry; if it stays so, write into the ticket that was opened for this
say-failed-engine = The Docker Engine cannot be reached. Work goes on when it is back
say-failed-engine-silent = The Docker Engine of node { $node } did not answer for { $seconds } s. It is started again
say-failed-image = The node image { $image } is not on the engine and cannot be pulled. Load it with `docker load` or name another one in CARINA_NODE_IMAGE, then retry
say-failed-networks = All { $count } networks of this host are in use. Delete a cluster, then retry
say-failed-network-name = A network named { $name } is there that is not ours. Remove it, then retry
say-failed-network-range = The network { $name } has addresses that are not ours. Remove it, then retry
say-failed-container-name = A container named { $name } is there that is not ours. Remove it, then retry
say-failed-disappeared = Node { $node } disappeared while it started
say-failed-no-address = Node { $node } has no address yet
say-failed-no-port = Node { $node } found no free port on the host. Give a range that nothing else uses in CARINA_NODE_PORTS, then retry
say-failed-ports = All ports from { $range } are in use by nodes. Widen CARINA_NODE_PORTS, or delete a cluster, then retry
say-failed-files = The files of Node { $node } could not be packed. Retry
say-failed-script = The operator's script { $script } failed on node { $node } with code { $code }. Ask them to mend it, then retry
say-failed-script-long = The operator's script { $script } took longer than { $seconds } s on node { $node } and was ended. Ask them to mend it, then retry
say-failed-log = The log broke off: { $words }
say-failed-not-started-yet = Node { $node } has not started yet
say-failed-no-nodes = The cluster has no nodes any more
say-failed-not-in-time = The engine did not answer within { $seconds } s
say-reason-tried = { $said } Tried { $times } times in { $took }. Retry, or see the ticket that was opened for this
say-took-no-time = less than a second
say-took-seconds = { $seconds } s
say-took-minutes = { $minutes } min
say-task-create = create
say-task-resize = resize
say-task-repair = repair
say-task-drain = drain
say-task-rebuild = rebuild
say-task-rotate = rotate
say-task-delete = delete

# tickets
say-ticket-subject = { $cluster }: the { $task } failed
say-ticket-again = Opened again
say-ticket-resolved = Resolved
say-ticket-full = This ticket is full. A new one was opened
say-ticket-what-failed = What failed
say-ticket-words = The engine's own words:
say-ticket-what-tried = What was tried
say-ticket-tried-once = Tried once
say-ticket-tried = Tried { $times } times in { $took }
say-ticket-what-to-do = What to do
say-ticket-retry = Retry: on the cluster's page, or POST { $address } { $body }
say-ticket-write = If it fails again, write into this ticket. Who helps reads the support bundle:
say-ticket-steps = Steps of the { $task }
say-ticket-done-took = done      { $done } ({ $at }, { $ms } ms)
say-ticket-done = done      { $done } ({ $at })
say-ticket-failed = failed    { $step }
say-ticket-not-done = not done  { $step }

# deliveries
say-sent-redirect = The receiver answered { $status }; redirects are not followed
say-sent-words = The receiver answered { $status }: { $words }
say-sent = The receiver answered { $status }
say-sent-late = The receiver did not answer within { $seconds } s
say-sent-nowhere = The host of the webhook has no address
say-sent-private = Webhooks are not sent to private addresses. The operator can allow some in CARINA_WEBHOOKS_ALLOW
say-sent-no-tls = The certificate of the receiver is not good, or it speaks no TLS
say-sent-refused = The receiver refused the connection
say-sent-unreachable = The receiver cannot be reached
say-sent-broken = The receiver broke the connection off
say-sent-no-secret = The signing secret cannot be read. Make the subscription anew
say-mail-taken = The mail server took it
say-mail-late = The mail server did not take it within { $seconds } s
say-mail-not-written = The mail could not be written
say-mail-refused = The mail server refused it ({ $code })
say-mail-not-now = The mail server does not take it at the moment ({ $code })
say-mail-silent = The mail server did not answer in time
say-mail-certificate = The certificate of the mail server is not good
say-mail-not-offered = The mail server does not offer what CARINA_SMTP_URL asks for (TLS, a way to sign in)
say-mail-unreachable = The mail server cannot be reached
say-mail-none = No mail is sent here: the operator has set no mail server (CARINA_SMTP_URL)
say-subscription-off = The subscription was disabled
say-subscription-no-admin = Disabled: its account is no longer an admin
say-subscription-given-up = Disabled: { $most } deliveries in a row did not arrive. The last one: { $said }

# the audit log
say-audit-account-made = Made the account { $name } ({ $role })
say-audit-account-closed = Closed the account { $name }
say-audit-account-changed = Changed the account { $name }: { $changed }
say-audit-account-first = Made it
say-changed-role = role { $role }
say-changed-clusters-default = clusters default
say-changed-clusters = clusters { $count }
say-changed-nodes-default = nodes a cluster default
say-changed-nodes = nodes a cluster { $count }
say-changed-password = a new password
say-role-admin = admin
say-role-member = member
say-audit-credentials = Handed out credentials until { $at }, serial { $serial }
say-audit-zip-address = Handed out an address for one download of credentials
say-audit-key-made-until = Made the API key { $name } ({ $scopes }), until { $at }
say-audit-key-made = Made the API key { $name } ({ $scopes })
say-audit-key-revoked = Revoked the API key { $name }; sign-ins ended with it: { $count }
say-audit-in-key = Signed in with the API key { $name }
say-audit-in-password = Signed in with the password
say-audit-not-password = Refused: not the password
say-audit-not-key = Refused: not an API key that is good
say-audit-out = Signed out
say-audit-out-other = Ended another sign-in
say-audit-out-all = Signed out everywhere; sign-ins ended: { $count }
say-audit-out-others = Signed out everywhere else; sign-ins ended: { $count }
