package io.jakube.db.postgres;

import io.jakube.db.mapping.CurrentRow;
import io.jakube.db.mapping.LeaseRow;
import io.jakube.db.mapping.LogRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.function.Function;
import org.hibernate.JDBCException;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.boot.MetadataSources;
import org.hibernate.boot.registry.BootstrapServiceRegistryBuilder;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate over the connection pool, by stateless sessions: no cache, no dirty checking, each call a statement. It serves history and the administration of
 * leases. It is built at first use, which takes seconds of processor time and some 40 MB; so what requests wait for and what happens regularly go by JDBC, and a
 * process that nobody asks for these never builds it. Thread-safe.
 */
final class Sessions implements AutoCloseable {
    private final ConnectionPool pool;
    private final Object building = new Object();
    private volatile @Nullable SessionFactory factory;

    Sessions(ConnectionPool pool) {
        this.pool = pool;
    }

    /** Runs idempotent work in a session of its own, each statement in its own transaction. */
    <T extends @Nullable Object> T run(Function<StatelessSession, T> work) {
        return pool.run(connection -> translated(() -> {
            try (StatelessSession session = factory().openStatelessSession(connection)) {
                return work.apply(session);
            }
        }));
    }

    private interface Call<T extends @Nullable Object> {
        T run();
    }

    private static <T extends @Nullable Object> T translated(Call<T> call) throws SQLException {
        try {
            return call.run();
        } catch (JDBCException e) {
            throw e.getSQLException();
        }
    }

    private SessionFactory factory() {
        SessionFactory built = factory;
        if (built == null) {
            synchronized (building) {
                built = factory;
                if (built == null) {
                    built = build();
                    factory = built;
                }
            }
        }
        return built;
    }

    private static SessionFactory build() {
        var bootstrap = new BootstrapServiceRegistryBuilder().applyClassLoader(Sessions.class.getClassLoader()).build();
        // Nothing is asked of the database: building must work while it is away.
        var registry = new StandardServiceRegistryBuilder(bootstrap)
                .applySettings(Map.of(
                        "jakarta.persistence.database-product-name", "PostgreSQL",
                        "jakarta.persistence.database-major-version", "15",
                        "hibernate.boot.allow_jdbc_metadata_access", false,
                        AvailableSettings.CONNECTION_PROVIDER, new NoConnections(),
                        AvailableSettings.XML_MAPPING_ENABLED, false,
                        AvailableSettings.JPA_VALIDATION_MODE, "none",
                        AvailableSettings.USE_SECOND_LEVEL_CACHE, false,
                        AvailableSettings.USE_QUERY_CACHE, false,
                        AvailableSettings.JDBC_TIME_ZONE, "UTC",
                        "hibernate.bytecode.use_reflection_optimizer", false))
                .build();
        return new MetadataSources(registry)
                .addAnnotatedClass(LogRow.class)
                .addAnnotatedClass(CurrentRow.class)
                .addAnnotatedClass(LeaseRow.class)
                .buildMetadata()
                .buildSessionFactory();
    }

    @Override
    public void close() {
        SessionFactory built = factory;
        if (built != null) {
            built.close();
        }
    }

    /** Sessions are opened over connections of the pool; Hibernate never fetches one by itself. */
    private static final class NoConnections implements ConnectionProvider {
        private static final long serialVersionUID = 1L;

        @Override
        public Connection getConnection() throws SQLException {
            throw new SQLException("sessions are opened over pooled connections", "08003");
        }

        @Override
        public void closeConnection(Connection connection) {}

        @Override
        public boolean supportsAggressiveRelease() {
            return false;
        }

        @Override
        public boolean isUnwrappableAs(Class<?> type) {
            return false;
        }

        @Override
        public <T> T unwrap(Class<T> type) {
            throw new UnsupportedOperationException("not a wrapper");
        }
    }
}
