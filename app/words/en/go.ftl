# The way to every page and cluster by its name.

go-label = Name of a page or a cluster
go-found = Pages and clusters
go-page = Page
go-cluster = Cluster
go-nothing = No page and no cluster has “{ $words }” in its name.
go-none = No page and no cluster of that name.
go-keys = ↑ and ↓ to choose, Enter to go, Esc to close
go-shortcut = Ctrl K
