package io.jakube.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.db.Key;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people with the read-only role see, and what they cannot do. */
class StoreUsersIT {
    private static final String PERMISSION_DENIED = "42501";
    private static TemporaryPostgres postgres;
    private static PostgresKeyValueStore store;
    private static Connection reader;

    @BeforeAll
    static void start() throws Exception {
        postgres = EmbeddedPostgres.temporary();
        store = PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()));
        Properties properties = new Properties();
        properties.setProperty("user", EmbeddedPostgres.READER);
        properties.setProperty("password", Files.readString(postgres.server().readerPasswordFile()).strip());
        reader = DriverManager.getConnection(postgres.jdbcUrl(), properties);
    }

    @AfterAll
    static void stop() throws SQLException {
        reader.close();
        store.close();
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "INSERT INTO jakube.kv_log SELECT * FROM jakube.kv_log", "UPDATE jakube.kv_log SET value = NULL", "DELETE FROM jakube.kv_log", "TRUNCATE jakube.kv_log",
        "INSERT INTO jakube.kv_current VALUES ('a', 1, 1, 1, 0)", "UPDATE jakube.kv_current SET version = 0", "DELETE FROM jakube.kv_current",
        "INSERT INTO jakube.kv_lease VALUES (1, 1, now())", "UPDATE jakube.kv_lease SET ttl_seconds = 1", "DELETE FROM jakube.kv_lease",
        "UPDATE jakube.kv_meta SET compact_revision = 1000000", "DELETE FROM jakube.kv_meta",
        "SELECT * FROM jakube.kv_writer", "INSERT INTO jakube.kv_writer VALUES (1, 1, '{}', now())", "DELETE FROM jakube.kv_writer", "DELETE FROM jakube.kv_member",
        "UPDATE jakube.object_history SET deleted = true",
        "SELECT jakube.kv_write(1, 1, ARRAY['a'::bytea], ARRAY[-1::bigint], ARRAY[false], ARRAY[0::bigint], ARRAY['b'::bytea])",
        "SELECT jakube.kv_apply(1, 1, ARRAY['a'::bytea], ARRAY[-1::bigint], ARRAY[false], ARRAY[0::bigint], ARRAY['b'::bytea])",
        "CALL jakube.kv_commit(1, 1, ARRAY['a'::bytea], ARRAY[-1::bigint], ARRAY[false], ARRAY[0::bigint], ARRAY['b'::bytea], NULL)",
        "SELECT jakube.kv_revoke(NULL, 1)",
        "CREATE TABLE jakube.mine (id int)", "CREATE TABLE public.mine (id int)", "CREATE SCHEMA mine", "CREATE FUNCTION jakube.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER TABLE jakube.kv_log ADD COLUMN mine int", "DROP TABLE jakube.kv_log", "SET ROLE jakube_writer", "ALTER ROLE jakube_reader SUPERUSER"
    })
    void readingIsAllTheReaderMayDo(String statement) {
        assertDenied(() -> query(statement));
    }

    @Test
    void noFunctionOfTheSchemaLetsTheReaderWrite() throws SQLException {
        assertThat(query("SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'jakube' AND p.provolatile = 'v'"
                + " AND (p.prosrc ~* '(insert|update|delete|pg_notify)' OR p.prokind = 'p') AND has_function_privilege(p.oid, 'EXECUTE')")).isEmpty();
    }

    @Test
    void objectsAndTheirHistoryAreJson() throws Exception {
        long created = put("/registry/apps/deployments/default/web", "{\"spec\":{\"replicas\":1}}", 0);
        long updated = put("/registry/apps/deployments/default/web", "{\"spec\":{\"replicas\":2}}", created);
        put("/registry/core/nodes/n1", "{\"kind\":\"Node\"}", 0);
        long gone = put("/registry/apps/deployments/default/gone", "{}", 0);
        long deleted = revision(store.write(Write.delete(Key.of("/registry/apps/deployments/default/gone"), gone)).join());

        assertThat(query("SELECT api_group, resource, namespace, name, revision, object #> '{spec,replicas}' FROM jakube.object WHERE resource = 'deployments' AND namespace = 'default'"))
                .containsExactly("apps|deployments|default|web|" + updated + "|2");
        assertThat(query("SELECT api_group, resource, namespace, name FROM jakube.object WHERE resource = 'nodes'")).containsExactly("core|nodes||n1");
        assertThat(query("SELECT revision, deleted, object #> '{spec,replicas}' FROM jakube.object_history WHERE name = 'web' ORDER BY revision"))
                .containsExactly(created + "|f|1", updated + "|f|2");
        assertThat(query("SELECT revision, deleted, object FROM jakube.object_history WHERE name = 'gone' ORDER BY revision")).containsExactly(gone + "|f|{}", deleted + "|t|null");
        assertThat(query("SELECT count(*) FROM jakube.object_history WHERE name = 'web' AND written_at BETWEEN now() - interval '1 minute' AND now()")).containsExactly("2");
    }

    @Test
    void whatIsNoJsonIsNullAndSpoilsNothing() throws Exception {
        put("/registry/core/odd/default/json", "[1]", 0);
        put("/registry/core/odd/default/text", "not json", 0);
        put("/registry/core/odd/default/empty", "", 0);
        put("/registry/core/odd/default/zero", "{\"a\":\"\\u0000\"}", 0);
        put("/registry/core/odd/default/half", "{\"a\":\"\\ud800\"}", 0);
        put("/registry/core/odd/default/deep", "[".repeat(100_000), 0);
        put("/registry/core/odd/default/number", "1e1000000", 0);
        revision(store.write(Write.create(Key.of("/registry/core/odd/default/binary"), new byte[] {'k', '8', 's', 0, (byte) 0xff})).join());
        revision(store.write(Write.create(Key.of(new byte[] {'/', 'r', 'e', 'g', 'i', 's', 't', 'r', 'y', '/', (byte) 0xfe, 0}), "{}".getBytes(StandardCharsets.UTF_8))).join());

        assertThat(query("SELECT name, object FROM jakube.object WHERE resource = 'odd' AND object IS NOT NULL")).containsExactly("json|[1]");
        assertThat(query("SELECT name FROM jakube.object WHERE resource = 'odd' AND object IS NULL")).hasSize(7);
        assertThat(query("SELECT count(*) FROM jakube.object WHERE key IS NULL")).containsExactly("1");
        assertThat(query("SELECT count(*) FROM jakube.object_history WHERE object IS NULL AND NOT deleted AND resource = 'odd'")).containsExactly("7");
    }

    private static long put(String key, String value, long expected) {
        return revision(store.write(Write.update(Key.of(key), value.getBytes(StandardCharsets.UTF_8), expected)).join());
    }

    private static long revision(WriteResult result) {
        return ((WriteResult.Committed) result).revision();
    }

    private static void assertDenied(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(PERMISSION_DENIED));
    }

    private static List<String> query(String sql) throws SQLException {
        try (Statement statement = reader.createStatement()) {
            List<String> rows = new ArrayList<>();
            if (statement.execute(sql)) {
                ResultSet result = statement.getResultSet();
                ResultSetMetaData columns = result.getMetaData();
                while (result.next()) {
                    List<String> values = new ArrayList<>();
                    for (int i = 1; i <= columns.getColumnCount(); i++) {
                        values.add(String.valueOf(result.getString(i)));
                    }
                    rows.add(String.join("|", values));
                }
            }
            return rows;
        }
    }
}
