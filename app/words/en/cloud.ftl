# Clusters on machines of a cloud: projects, templates, groups of nodes.

problem-refused = The cloud refused that. Its request id is req-{ $id }.
problem-refused-said = The cloud refused that: { $said } Its request id is req-{ $id }.
problem-cloud-failed = The cloud failed at that. Its request id is req-{ $id }.
problem-cloud-failed-said = The cloud failed at that: { $said } Its request id is req-{ $id }.
problem-not-begun = The cloud took the request and has not begun with it. Look at the cluster, and try again once nothing else is being done to it.
problem-not-the-owner = Only the member who made this cluster gets credentials of it.
problem-title-cloud = Not possible
problem-title-refused = Refused by the cloud
problem-title-cloud-failed = The cloud failed
problem-title-not-begun = Not begun
problem-title-not-the-owner = Not your cluster

backend = Where to
backend-carina = This Carina
backend-magnum = OpenStack
domain = Domain
domain-hint = Empty: the usual one. With an application credential, its id stands in the place of the username.
cloud-sign-in-lead = Clusters in your OpenStack projects.
project = Project
projects-title = Choose a project
projects-lead = Clusters, quotas and members belong to a project. You are in { $project } now.
projects-none = There is no project that you may sign in to here.
project-choose = Go to { $name }
project-going = Going there …
project-here = You are here
done-project = You are in another project now
reader-only = You may look at this project and change nothing in it: your role is { $roles }.
restricted-credential = You signed in with a restricted application credential. Clouds that make one of their own for each cluster refuse it: sign in with a password, or make the credential with --unrestricted.

nav-templates = Templates
templates-title = Cluster templates
templates-none = The project has no templates. Whoever runs the cloud makes public ones.
templates-of-project = Project
templates-public = Everybody
template = Template
template-version = Version
template-image = Image
template-labels = Labels
template-networks = Networks
template-key = Key pair
template-balanced = Load balancer
template-hidden = No longer offered
template-use = Create a cluster from it
template-clusters = Clusters made from it
template-unused = None yet.
template-facts = What it says
template-reach = Who may use it

cloud-panel = In the cloud
health = Health
health-healthy = Well
health-unhealthy = Not well
health-unknown = Nobody can say
health-none = Not looked at yet
health-checks = What was looked at
managers-workers = { $managers ->
    [one] { $managers } manager
   *[other] { $managers } managers
} and { $workers ->
    [one] { $workers } worker
   *[other] { $workers } workers
}
owner = Made by
owner-you = You
keypair = Key pair
version = Version
create-again = Create it again …
create-again-about = Opens the form with all that this cluster was asked to be. The one that failed stays until you delete it.

create-from = Template
create-managers = Managers
create-managers-hint = An odd number. More than one needs a template with a load balancer.
create-workers = Workers
flavor-about = { $name } · { $cpus } CPU · { $memory } GB
create-flavor-workers = Flavor of workers
create-flavor-managers = Flavor of managers
create-of-template = The template's
create-keypair = Key pair
create-network = Network
create-labels-merged = Labels as they will be
create-labels-template = from the template
create-labels-yours = yours
cloud-labels-hint = key=value, one a line. They are added to those of the template; one of the same name takes its place.
create-uses-nodes = Nodes of the project
create-template-check = Look at this template
managers-invalid = The number of managers is odd: 1, 3, 5 or 7.
managers-need-balancer = More than one manager needs a template with a load balancer.
workers-invalid = The number of workers is 0 to 999.

groups-title = Groups of nodes
groups-size = Nodes
groups-bounds = { $max ->
    [0] at least { $min }
   *[other] { $min } to { $max }
}
groups-default = came with the cluster
groups-taints = Taints
groups-resize = Resize
groups-resizing = Resizing …
groups-resize-of = Nodes of { $name }
groups-remove-hint = Addresses of nodes to remove, with commas between. Empty: the cloud chooses.
groups-remove = Remove these
groups-bound = Change bounds
groups-min = Least
groups-max = Most
groups-max-hint = Empty: no bound.
groups-delete = Delete { $name } …
groups-delete-ask = Delete the group { $name }?
groups-delete-loses = { $count ->
    [one] Its { $count } node and what runs on it go with it.
   *[other] Its { $count } nodes and what runs on them go with it.
}
groups-delete-do = Delete the group
groups-deleting = Deleting …
groups-add = Add a group of nodes
groups-add-do = Add group
groups-adding = Adding …
groups-name = Name of the group
groups-labels-hint = key=value, one a line.
groups-labels = Labels of its nodes
groups-taints-hint = key=value:NoSchedule, one a line.
groups-flavor = Flavor
groups-unknown = What groups there are is not known now.
done-group-resize = Resize asked for
done-group-bound = Bounds changed
done-group-add = Group asked for
done-group-delete = Removal asked for
template-unknown = There is no such template. Choose one from the list.
group-invalid = That is not right: a name of letters and digits, whole numbers, and labels and taints as shown.

upgrade-title = Another template
upgrade-about = The cluster goes over to another template, so many nodes at a time. What runs on a node moves while it is replaced.
upgrade-to = Go over to
upgrade-at-once = Nodes at once
upgrade-do = Upgrade { $name }
upgrade-doing = Upgrading …
upgrade-none = There is no other template to go over to.
done-upgrade = Upgrade asked for

cloud-access-reach = Whoever has the file is an administrator of the cluster for five years. Only new authorities of the cluster end it sooner.
cloud-access-rotate = Certificates cannot be made anew from here: Magnum writes new authorities first and asks its driver second, and a driver that cannot do it leaves a cluster that nobody gets into. Whoever runs this dashboard can name the drivers that can.
cloud-access-rotate-about = Rotating makes a new certificate authority, and the cloud carries it to every machine. Credentials handed out before are shut out. The cluster and what runs in it stay.
kubernetes-api = Kubernetes API

say-cloud-creates = Magnum makes the cluster
say-cloud-removes = Magnum removes the cluster
say-cloud-changes = Magnum changes the cluster
say-cloud-not-made = Magnum could not make the cluster
say-cloud-not-removed = Magnum could not remove the cluster
say-cloud-not-changed = Magnum could not change the cluster
say-cloud-there = The cluster is there
say-cloud-ready = The cluster is ready
say-cloud-changed = The cluster has changed
say-cloud-gone = The cluster is gone
say-cloud-made-failed = The cluster could not be made
say-cloud-removed-failed = The cluster could not be removed
say-cloud-changed-failed = The cluster could not be changed
say-cloud-well = All of the cluster is well again
say-cloud-unwell = Something in the cluster is not well
say-cloud-unknown = Nobody can say how the cluster is
say-cloud-create = Creation asked for
say-cloud-delete = Deletion asked for
say-cloud-resize = { $nodes } nodes asked for
say-cloud-upgrade = Upgrade asked for
say-cloud-credentials = Credentials handed out
say-cloud-group-add = Group of nodes { $name } asked for
say-cloud-group-resize = Group of nodes { $name } asked to have { $count }
say-cloud-group-bound = Bounds of the group of nodes { $name } changed
say-cloud-group-delete = Removal of the group of nodes { $name } asked for

card-of-all = of { $count }
application-credential = Application credential
owner-is = It was made by the user with the id { $id }.
engine-words-cloud = What the cloud said
none-yet-cloud = A cluster is Kubernetes on machines of the cloud, made from a template. Its nodes, its state and the way to use it will be here.
lost-in-cloud = Its machines, what runs on them and what is kept on them
