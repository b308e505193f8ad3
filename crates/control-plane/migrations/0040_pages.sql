-- Pages of an account's clusters, by key: one index an order, and in each what the filters look at, so
-- that finding a page reads no row that is not on it. The one by status counts them too.
CREATE INDEX clusters_page_created ON clusters (account_id, created_at, id, status, type_id, name)
    WHERE status <> 'deleted';
CREATE INDEX clusters_page_updated ON clusters (account_id, updated_at, id, status, type_id, name)
    WHERE status <> 'deleted';
CREATE INDEX clusters_page_name ON clusters (account_id, name, id, status, type_id)
    WHERE status <> 'deleted';
CREATE INDEX clusters_page_status ON clusters (account_id, status, id, type_id, name)
    WHERE status <> 'deleted';
CREATE INDEX clusters_page_nodes ON clusters (account_id, node_count, id, status, type_id, name)
    WHERE status <> 'deleted';
