package io.jakube.db.backup;

import static java.util.Objects.requireNonNull;

import io.jakube.db.migration.SchemaMigration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Where a database is and whom to be there.
 *
 * @param url JDBC URL without credentials
 * @param user role
 * @param passwordFile file with its password
 */
public record DatabaseLogin(String url, String user, Path passwordFile) {
    public DatabaseLogin {
        requireNonNull(url, "url is null");
        requireNonNull(user, "user is null");
        requireNonNull(passwordFile, "passwordFile is null");
    }

    Connection connect(String purpose) throws SQLException, IOException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", Files.readString(passwordFile).strip());
        properties.setProperty("ApplicationName", "jakube " + purpose);
        properties.setProperty("currentSchema", SchemaMigration.SCHEMA);
        properties.setProperty("connectTimeout", "5");
        properties.setProperty("targetServerType", "primary");
        return DriverManager.getConnection(url, properties);
    }
}
