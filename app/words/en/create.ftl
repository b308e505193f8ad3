# The form for a new cluster.

create-name-hint = Letters, digits and hyphens in lower case, beginning with a letter; up to 63.
create-nodes-hint = The first one manages the swarm. You can add and remove nodes later. Up to { $limit }.
create-flavor = Flavor: the size of each node
create-labels = Labels
create-labels-hint = key=value, one a line; up to { $most }.
create-protection = Protect against deletion
create-protection-hint = It cannot be deleted until the protection is taken off.
create-autoscale = Scale by itself
create-autoscale-hint = Nodes are added when work does not fit, and taken away when there is room.
create-summary = Summary
create-uses = What it uses
create-memory = { $count } GB of memory in all.
create-usually = Making one usually takes about { $time }.
create-same = The same as a command
create-same-not-yet = Fill in the form first.
creating = Creating …
cancel = Cancel
one-less = One node less
one-more = One node more
at-least = At least
at-most = At most
type-about = { $coe } in { $host }s
gigabytes = { $count } GB
cpus = { $count ->
    [one] { $count } CPU
   *[other] { $count } CPUs
}
quota = Quota
quota-now = Now
quota-after = After
quota-limit = Limit
nodes-in-it = Nodes in it
command-carina = the carina command
command-curl = the curl command
