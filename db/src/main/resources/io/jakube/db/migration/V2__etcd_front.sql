-- A store begins at revision 1, as etcd's does: clients take 0 for "unknown". The row is the deletion of the empty key, which no range holds.
INSERT INTO kv_log SELECT 1, 1, 1, 0, 1, 0, true, clock_timestamp(), ''::bytea, NULL WHERE NOT EXISTS (SELECT FROM kv_log);

-- The etcd fronts over this database. One that was not seen for a while is gone.
CREATE TABLE kv_member (
    id          bigint      NOT NULL,
    name        text        NOT NULL,
    client_urls text[]      NOT NULL,
    started_at  timestamptz NOT NULL,
    seen_at     timestamptz NOT NULL,
    CONSTRAINT kv_member_pk PRIMARY KEY (id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON kv_member TO jakube_writer;
GRANT SELECT ON kv_member TO jakube_reader;

-- Which database this is: the same for all processes on it.
ALTER TABLE kv_meta ADD COLUMN cluster_id bigint NOT NULL DEFAULT (random() * 9007199254740991)::bigint + 1;
