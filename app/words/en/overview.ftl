# The first page of a cluster.

about = About
docker-api = Docker API
cluster-id = Cluster id
not-yet = Not there yet
