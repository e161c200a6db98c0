-- The database's lives. A new one begins when PostgreSQL was promoted or restored, which its timeline shows, or when somebody remembers what the log does not hold.
CREATE TABLE kv_epoch (
    epoch             int         NOT NULL,
    system_identifier bigint      NOT NULL,
    timeline          bigint      NOT NULL,
    began_at          timestamptz NOT NULL,
    kept_revision     bigint      NOT NULL, -- the newest there was
    seen_revision     bigint      NOT NULL, -- the newest that the process which noticed had seen; 0 where it had seen none
    first_revision    bigint      NOT NULL, -- the first this epoch gave
    loss              text        NOT NULL, -- of acknowledged writes at the beginning: none, possible, certain
    synchronous       boolean     NOT NULL, -- whether commits wait for a standby, as last noted: then a failover loses nothing
    CONSTRAINT kv_epoch_pk PRIMARY KEY (epoch),
    CONSTRAINT kv_epoch_loss CHECK (loss IN ('none', 'possible', 'certain'))
);

CREATE FUNCTION kv_synchronous() RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT current_setting('synchronous_standby_names') <> '' AND current_setting('synchronous_commit') IN ('on', 'remote_apply') $$;

CREATE FUNCTION kv_timeline() RETURNS bigint LANGUAGE sql VOLATILE
AS $$ SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint $$;

-- Begins an epoch where that is due.
--   p_seen: the newest revision the caller has seen; p_lost: whether the caller knows that acknowledged writes are gone
-- Where acknowledged writes may be gone, revisions go on a million further and everything before is compacted: whoever holds a revision of the former life is
-- told to read anew, instead of meeting other changes under the same numbers. A million is more than a standby can lag behind by, at the rates measured.
CREATE FUNCTION kv_begin_epoch(p_seen bigint, p_lost boolean) RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET search_path = ${flyway:defaultSchema}, pg_temp
AS $$
DECLARE
    last kv_epoch; id bigint; line bigint; head bigint; verdict text; first bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7);
    SELECT * INTO last FROM kv_epoch ORDER BY epoch DESC LIMIT 1;
    SELECT system_identifier INTO id FROM pg_control_system();
    line := kv_timeline();
    SELECT coalesce(max(revision), 0) INTO head FROM kv_log;
    IF last.system_identifier = id AND last.timeline = line AND p_seen <= head THEN
        IF NOT p_lost THEN
            RETURN last.epoch;
        END IF;
        IF last.loss <> 'none' THEN
            UPDATE kv_epoch SET loss = 'certain' WHERE epoch = last.epoch;
            RETURN last.epoch;
        END IF;
    END IF;
    verdict := CASE WHEN p_lost OR p_seen > head THEN 'certain' WHEN last.synchronous THEN 'none' ELSE 'possible' END;
    first := head + 1;
    IF verdict <> 'none' THEN
        first := greatest(head, p_seen) + 1000000;
        INSERT INTO kv_log VALUES (first, 1, first, 0, 1, 0, true, clock_timestamp(), ''::bytea, NULL);
        UPDATE kv_meta SET compact_revision = first;
        PERFORM pg_notify('jakube_kv', first::text);
    END IF;
    INSERT INTO kv_epoch VALUES (last.epoch + 1, id, line, clock_timestamp(), head, p_seen, first, verdict, kv_synchronous());
    RETURN last.epoch + 1;
END $$;

INSERT INTO kv_epoch SELECT 1, system_identifier, kv_timeline(), clock_timestamp(), 0, 0, 1, 'none', kv_synchronous() FROM pg_control_system();

REVOKE ALL ON FUNCTION kv_begin_epoch FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kv_begin_epoch TO jakube_writer;
GRANT SELECT ON kv_epoch TO jakube_writer, jakube_reader;
GRANT UPDATE (synchronous) ON kv_epoch TO jakube_writer;
