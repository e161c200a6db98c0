-- Commits a batch as kv_write does, but holds the lock of all writers only until the batch is in order, and not while the disk is waited for:
-- 1. applied and committed under the lock, without waiting for the disk. From here on the batch is visible, and other writers go on;
-- 2. a commit of its own, which is on disk, and on the synchronous standby, after everything before it. Batches of several writers get there together;
-- 3. only now do listeners hear of it: a notification says that everything up to its revision is durable.
-- Whoever reads the log beyond what is known to be durable must wait for the disk before showing it to anybody: a crash may take it back.
-- An error after the first commit leaves the batch applied; sent again, it is not applied twice and goes through the last two steps.
CREATE PROCEDURE kv_commit(p_writer bigint, p_seq bigint, k bytea[], e bigint[], d boolean[], l bigint[], v bytea[], INOUT res bigint[]) LANGUAGE plpgsql
AS $$
DECLARE
    top bigint;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    res := kv_apply(p_writer, p_seq, k, e, d, l, v);
    COMMIT;
    PERFORM pg_logical_emit_message(true, 'jakube', '');
    COMMIT;
    SELECT max(r) INTO top FROM unnest(res) r;
    IF top > 0 THEN
        PERFORM pg_notify('jakube_kv', top::text);
    END IF;
END $$;

-- The work of a batch, without notification. Parameters and results are those of kv_write.
CREATE FUNCTION kv_apply(p_writer bigint, p_seq bigint, k bytea[], e bigint[], d boolean[], l bigint[], v bytea[]) RETURNS bigint[] LANGUAGE plpgsql
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
    RETURN res;
END $$;

-- For processes of the version before, while an upgrade is under way.
CREATE OR REPLACE FUNCTION kv_write(p_writer bigint, p_seq bigint, k bytea[], e bigint[], d boolean[], l bigint[], v bytea[]) RETURNS bigint[] LANGUAGE plpgsql
AS $$
DECLARE
    res bigint[]; top bigint;
BEGIN
    res := kv_apply(p_writer, p_seq, k, e, d, l, v);
    SELECT max(r) INTO top FROM unnest(res) r;
    IF top > 0 THEN
        PERFORM pg_notify('jakube_kv', top::text);
    END IF;
    RETURN res;
END $$;

REVOKE ALL ON FUNCTION kv_apply FROM PUBLIC;
REVOKE ALL ON PROCEDURE kv_commit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kv_apply TO jakube_writer;
GRANT EXECUTE ON PROCEDURE kv_commit TO jakube_writer;
