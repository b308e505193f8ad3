-- What nodes used, in a database of its own: it is written every ten seconds, and losing it loses
-- nothing but curves. Moments are seconds since 1970, UTC. Ids are lower-case UUIDs.

CREATE TABLE series (
    id         INTEGER PRIMARY KEY,
    node_id    TEXT NOT NULL UNIQUE,
    cluster_id TEXT NOT NULL,
    ordinal    INTEGER NOT NULL
) STRICT;
CREATE INDEX series_by_cluster ON series (cluster_id);

-- Sums over an interval, so that a sample is added to whatever is there already.
CREATE TABLE samples (
    series     INTEGER NOT NULL REFERENCES series (id) ON DELETE CASCADE,
    resolution INTEGER NOT NULL,             -- the length of the interval, in seconds
    at         INTEGER NOT NULL,             -- when it begins
    count      INTEGER NOT NULL,
    cpus       REAL NOT NULL,
    cpus_max   REAL NOT NULL,
    memory     INTEGER NOT NULL,             -- bytes
    memory_max INTEGER NOT NULL,
    rx         INTEGER NOT NULL,             -- bytes a second
    tx         INTEGER NOT NULL,
    PRIMARY KEY (series, resolution, at)
) STRICT, WITHOUT ROWID;
