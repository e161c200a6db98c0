-- A value that nests deeper than PostgreSQL parses is shown as what is no JSON: as null, instead of failing the query over all others.
CREATE OR REPLACE FUNCTION kv_json(p bytea) RETURNS jsonb LANGUAGE plpgsql IMMUTABLE STRICT
AS $$
BEGIN
    RETURN convert_from(p, 'UTF8')::jsonb;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN NULL;
END $$;
