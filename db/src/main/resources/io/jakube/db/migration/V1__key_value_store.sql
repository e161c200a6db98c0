-- The key-value store: an append-only log of values, and pointers to the live ones. Keys are bytes in memcmp order.

CREATE TABLE kv_log (
    revision        bigint      NOT NULL, -- of the commit; writes of one transaction share it
    sub             int         NOT NULL, -- order within the revision, from 1
    create_revision bigint      NOT NULL, -- revision at which the key last came into being
    prev_revision   bigint      NOT NULL, -- revision of the value this one replaced, 0 for none
    version         bigint      NOT NULL, -- writes since creation, from 1
    lease           bigint      NOT NULL, -- 0 for none
    deleted         boolean     NOT NULL,
    written_at      timestamptz NOT NULL,
    key             bytea       NOT NULL,
    value           bytea,                -- null for a deletion
    CONSTRAINT kv_log_pk PRIMARY KEY (revision, sub)
);
ALTER TABLE kv_log ALTER value SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX kv_log_key ON kv_log (key, revision DESC);
ALTER TABLE kv_log SET (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_insert_scale_factor = 0.5);

CREATE TABLE kv_current (
    key             bytea  NOT NULL,
    mod_revision    bigint NOT NULL,
    create_revision bigint NOT NULL,
    version         bigint NOT NULL,
    lease           bigint NOT NULL,
    CONSTRAINT kv_current_pk PRIMARY KEY (key)
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX kv_current_lease ON kv_current (lease) WHERE lease <> 0;

CREATE TABLE kv_lease (
    id          bigint      NOT NULL,
    ttl_seconds bigint      NOT NULL,
    expires_at  timestamptz NOT NULL,
    CONSTRAINT kv_lease_pk PRIMARY KEY (id)
);
CREATE INDEX kv_lease_expiry ON kv_lease (expires_at);

-- One row per writer process: its last batch and that batch's results, so that a batch sent twice is applied once.
CREATE TABLE kv_writer (
    writer_id bigint      NOT NULL,
    last_seq  bigint      NOT NULL,
    results   bigint[]    NOT NULL,
    used_at   timestamptz NOT NULL,
    CONSTRAINT kv_writer_pk PRIMARY KEY (writer_id)
) WITH (fillfactor = 10);

CREATE TABLE kv_meta (
    id               int    NOT NULL,
    compact_revision bigint NOT NULL, -- history before it is promised to nobody
    compacted_to     bigint NOT NULL, -- history before it is gone
    CONSTRAINT kv_meta_pk PRIMARY KEY (id),
    CONSTRAINT kv_meta_single CHECK (id = 1)
);
INSERT INTO kv_meta VALUES (1, 0, 0);

-- Commits a batch of independent compare-and-swap writes, at most one per key.
--   e: expected mod revision, 0 = must not exist, negative = any; d: delete; l: lease; v: value
-- Returns per write: its revision, or -(current mod revision) - 1 on conflict, or the smallest bigint where the lease is unknown.
-- The lock makes revisions gap-free and commit-ordered. It is a statement of its own, so that each later statement takes its snapshot after it was granted.
CREATE FUNCTION kv_write(p_writer bigint, p_seq bigint, k bytea[], e bigint[], d boolean[], l bigint[], v bytea[]) RETURNS bigint[] LANGUAGE plpgsql
AS $$
DECLARE
    no_lease CONSTANT bigint := -9223372036854775808;
    base bigint; res bigint[]; ls bigint; top bigint; cm bigint; cc bigint; cv bigint; ts timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(7);
    SELECT last_seq, results INTO ls, res FROM kv_writer WHERE writer_id = p_writer;
    IF ls = p_seq THEN
        RETURN res;
    END IF;
    IF ls IS DISTINCT FROM p_seq - 1 AND NOT (ls IS NULL AND p_seq = 1) THEN
        RAISE EXCEPTION 'writer % sends batch % but the database has %', p_writer, p_seq, coalesce(ls, 0) USING ERRCODE = 'KV001';
    END IF;
    SELECT coalesce(max(revision), 0) INTO base FROM kv_log;
    ts := clock_timestamp();
    IF cardinality(k) = 1 THEN
        SELECT mod_revision, create_revision, version INTO cm, cc, cv FROM kv_current WHERE key = k[1];
        IF (e[1] >= 0 AND e[1] <> coalesce(cm, 0)) OR (d[1] AND cm IS NULL) THEN
            res := ARRAY[-coalesce(cm, 0) - 1];
        ELSIF l[1] <> 0 AND NOT d[1] AND NOT EXISTS (SELECT FROM kv_lease WHERE id = l[1]) THEN
            res := ARRAY[no_lease];
        ELSE
            top := base + 1;
            res := ARRAY[top];
            INSERT INTO kv_log VALUES (top, 1, coalesce(cc, top), coalesce(cm, 0), coalesce(cv, 0) + 1, l[1], d[1], ts, k[1], CASE WHEN NOT d[1] THEN v[1] END);
            IF d[1] THEN
                DELETE FROM kv_current WHERE key = k[1];
            ELSIF cm IS NULL THEN
                INSERT INTO kv_current VALUES (k[1], top, top, 1, l[1]);
            ELSE
                UPDATE kv_current SET mod_revision = top, version = version + 1, lease = l[1] WHERE key = k[1];
            END IF;
        END IF;
    ELSE
        WITH req AS MATERIALIZED (
            SELECT t.*, coalesce(c.mod_revision, 0) AS cmod, c.create_revision AS ccr, c.version AS cver,
                (t.exp < 0 OR t.exp = coalesce(c.mod_revision, 0)) AND NOT (t.del AND c.mod_revision IS NULL) AS fits,
                t.lease = 0 OR t.del OR EXISTS (SELECT FROM kv_lease WHERE kv_lease.id = t.lease) AS leased
            FROM unnest(k, e, d, l, v) WITH ORDINALITY AS t(key, exp, del, lease, val, ord)
            LEFT JOIN LATERAL (SELECT mod_revision, create_revision, version FROM kv_current WHERE kv_current.key = t.key OFFSET 0) c ON true),
        num AS MATERIALIZED (
            SELECT *, fits AND leased AS ok, base + count(*) FILTER (WHERE fits AND leased) OVER (ORDER BY ord ROWS UNBOUNDED PRECEDING) AS rev FROM req),
        ins AS (
            INSERT INTO kv_log
            SELECT rev, 1, CASE WHEN cmod = 0 THEN rev ELSE ccr END, cmod, CASE WHEN cmod = 0 THEN 1 ELSE cver + 1 END, lease, del, ts, key, CASE WHEN NOT del THEN val END
            FROM num WHERE ok),
        up AS (
            INSERT INTO kv_current AS c SELECT key, rev, rev, 1, lease FROM num WHERE ok AND NOT del
            ON CONFLICT (key) DO UPDATE SET mod_revision = excluded.mod_revision, version = c.version + 1, lease = excluded.lease),
        rm AS (
            DELETE FROM kv_current WHERE key = ANY (ARRAY(SELECT key FROM num WHERE ok AND del)))
        SELECT array_agg(CASE WHEN ok THEN rev WHEN fits THEN no_lease ELSE -cmod - 1 END ORDER BY ord), max(rev) INTO res, top FROM num;
    END IF;
    INSERT INTO kv_writer AS w VALUES (p_writer, p_seq, res, ts)
    ON CONFLICT (writer_id) DO UPDATE SET last_seq = excluded.last_seq, results = excluded.results, used_at = excluded.used_at;
    IF top > base THEN
        PERFORM pg_notify('jakube_kv', top::text);
    END IF;
    RETURN res;
END $$;

-- Ends leases and deletes their keys, all keys of one lease at one revision.
--   p_id: the lease, or null for those that have expired, at most p_limit of them
-- Returns how many leases ended.
CREATE FUNCTION kv_revoke(p_id bigint, p_limit int) RETURNS int LANGUAGE plpgsql
AS $$
DECLARE
    base bigint; n int := 0; lease_id bigint; gone bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7);
    SELECT coalesce(max(revision), 0) INTO base FROM kv_log;
    FOR lease_id IN
        SELECT id FROM kv_lease WHERE id = p_id OR (p_id IS NULL AND expires_at < clock_timestamp()) ORDER BY expires_at, id LIMIT p_limit FOR UPDATE
    LOOP
        n := n + 1;
        WITH rm AS (DELETE FROM kv_current WHERE lease = lease_id RETURNING *),
        ins AS (
            INSERT INTO kv_log
            SELECT base + 1, row_number() OVER (ORDER BY key), create_revision, mod_revision, version + 1, 0, true, clock_timestamp(), key, NULL FROM rm
            RETURNING 1)
        SELECT count(*) INTO gone FROM ins;
        IF gone > 0 THEN
            base := base + 1;
            PERFORM pg_notify('jakube_kv', base::text);
        END IF;
        DELETE FROM kv_lease WHERE id = lease_id;
    END LOOP;
    RETURN n;
END $$;

-- The latest revision that was written at or before an instant; 0 where the log begins later. Halves the range of revisions, which is ordered by time.
CREATE FUNCTION kv_revision_at(p_at timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE
AS $$
DECLARE
    lo bigint; hi bigint; mid bigint; r bigint; t timestamptz;
BEGIN
    SELECT min(revision), max(revision) INTO lo, hi FROM kv_log;
    SELECT written_at INTO t FROM kv_log WHERE revision = lo ORDER BY sub LIMIT 1;
    IF lo IS NULL OR t > p_at THEN
        RETURN 0;
    END IF;
    WHILE lo < hi LOOP
        mid := lo + (hi - lo + 1) / 2;
        SELECT revision, written_at INTO r, t FROM kv_log WHERE revision >= mid ORDER BY revision, sub LIMIT 1;
        IF t <= p_at THEN
            lo := r;
        ELSE
            hi := mid - 1;
        END IF;
    END LOOP;
    RETURN (SELECT max(revision) FROM kv_log WHERE revision <= lo);
END $$;

-- For people who query: keys as text, objects as jsonb. Null where the bytes are something else.
CREATE FUNCTION kv_text(p bytea) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT
AS $$
BEGIN
    RETURN convert_from(p, 'UTF8');
EXCEPTION WHEN character_not_in_repertoire OR untranslatable_character THEN
    RETURN NULL;
END $$;

CREATE FUNCTION kv_json(p bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT
AS $$
BEGIN
    RETURN convert_from(p, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END $$;

CREATE VIEW object_history AS
SELECT split_part(kv_text(l.key), '/', 3) AS api_group,
    split_part(kv_text(l.key), '/', 4) AS resource,
    CASE WHEN split_part(kv_text(l.key), '/', 6) <> '' THEN split_part(kv_text(l.key), '/', 5) ELSE '' END AS namespace,
    CASE WHEN split_part(kv_text(l.key), '/', 6) <> '' THEN split_part(kv_text(l.key), '/', 6) ELSE split_part(kv_text(l.key), '/', 5) END AS name,
    l.revision, l.written_at, l.deleted, kv_json(l.value) AS object, kv_text(l.key) AS key
FROM kv_log l
WHERE l.key >= '/registry/'::bytea AND l.key < '/registry0'::bytea;

CREATE VIEW object AS
SELECT split_part(kv_text(l.key), '/', 3) AS api_group,
    split_part(kv_text(l.key), '/', 4) AS resource,
    CASE WHEN split_part(kv_text(l.key), '/', 6) <> '' THEN split_part(kv_text(l.key), '/', 5) ELSE '' END AS namespace,
    CASE WHEN split_part(kv_text(l.key), '/', 6) <> '' THEN split_part(kv_text(l.key), '/', 6) ELSE split_part(kv_text(l.key), '/', 5) END AS name,
    l.revision, l.written_at, kv_json(l.value) AS object, kv_text(l.key) AS key
FROM kv_current c JOIN kv_log l ON l.key = c.key AND l.revision = c.mod_revision
WHERE c.key >= '/registry/'::bytea AND c.key < '/registry0'::bytea;

-- Least privilege. The roles get their login and password from whoever runs the server.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jakube_writer') THEN
        CREATE ROLE jakube_writer NOLOGIN;
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jakube_reader') THEN
        CREATE ROLE jakube_reader NOLOGIN;
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO jakube_writer, jakube_reader', current_database());
END $$;
GRANT USAGE ON SCHEMA ${flyway:defaultSchema} TO jakube_writer, jakube_reader;
REVOKE ALL ON FUNCTION kv_write, kv_revoke, kv_revision_at, kv_text, kv_json FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kv_write, kv_revoke TO jakube_writer;
GRANT EXECUTE ON FUNCTION kv_revision_at, kv_text, kv_json TO jakube_writer, jakube_reader;
GRANT SELECT ON kv_log, kv_current, kv_lease, kv_writer, kv_meta, object, object_history TO jakube_writer;
GRANT INSERT, DELETE ON kv_log TO jakube_writer;
GRANT INSERT, UPDATE, DELETE ON kv_current, kv_lease, kv_writer TO jakube_writer;
GRANT UPDATE ON kv_meta TO jakube_writer;
GRANT SELECT ON kv_log, kv_current, kv_lease, kv_meta, object, object_history TO jakube_reader;
