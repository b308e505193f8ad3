# The list of clusters, and deleting many.

list-count = { $count } of { $limit ->
    [one] { $limit } cluster
   *[other] { $limit } clusters
}
create-cluster = Create cluster
add-cluster = Add cluster
room-for = Room for { $count ->
    [one] { $count } more cluster
   *[other] { $count } more clusters
}
none-yet = No clusters yet
none-yet-why = A cluster is a Docker Swarm of your own. Its nodes, its state and the way to use it will be here.
no-match = No match
no-match-why = There is no cluster { $query }.
show-all = Show all clusters
query-text = with “{ $text }” in its name
query-active = that is active
query-changing = that is changing
query-error = that is in error
query-type = of this type
find = Find
find-label = Find clusters by name, or by label as key=value
find-placeholder = Find by name or key=value
sort = Order
sort-created = Oldest first
sort-newest = Newest first
sort-name = By name
sort-status = What needs you first
sort-nodes = Largest first
cluster-type = Cluster type
type-any = Any type
filter-by-status = Filter by status
group-all = All
group-active = Active
group-changing = Changing
group-error = Error
look = Look
look-cards = Cards
look-table = Table
pages = Pages
page-before = Previous
page-after = Next
page-of = Page { $page } of { $pages } · { $count ->
    [one] { $count } cluster
   *[other] { $count } clusters
}
get-access = Get access
grow = Grow
nodes = Nodes
card-ready = { $count } ready
card-of = of { $count } · up to { $limit }
ready-of = { $ready } of { $count }
flavor = Flavor
autoscale = Autoscale
created = Created
name = Name
status = Status
choose = Choose
choose-one = Choose { $name }
clusters-table = Table of clusters
delete-chosen = Delete chosen clusters …
delete-many = Delete clusters
delete-nothing = Nothing to delete
delete-nothing-why = Choose clusters in the table first.
delete-staying = These stay:
delete-many-lost = { $count ->
    [one] This cluster goes
   *[other] These { $count } clusters go
}, with { $nodes ->
    [one] { $nodes } node
   *[other] { $nodes } nodes
}, all containers, images and volumes on them, and all credentials. This cannot be undone.
delete-many-type = Type the number of clusters, { $count }, to confirm
delete-many-do = Delete { $count ->
    [one] { $count } cluster
   *[other] { $count } clusters
}
deleting = Deleting …
keep-them = Keep them
done-delete-many = The clusters are being deleted.
delete-many-mismatch = That is not the number of clusters named here. Nothing was deleted.
delete-some-going = { $count ->
    [one] { $count } cluster is being deleted.
   *[other] { $count } clusters are being deleted.
} What is named here was refused.
