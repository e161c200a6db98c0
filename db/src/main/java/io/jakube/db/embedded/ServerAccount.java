package io.jakube.db.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operating-system account the server runs as. PostgreSQL refuses to run as root, so root gives it to the first of the accounts {@code jakube},
 * {@code postgres} and {@code nobody} that the machine has (or to whom an existing data directory belongs); everybody else runs it as themselves.
 *
 * <p>Where a parent of the directory is closed to that account, as root's home is, the server gets a private mount namespace in which the directory
 * appears at {@value #MOUNT_POINT}; nothing on the host changes.
 */
final class ServerAccount {
    static final String MOUNT_POINT = "/mnt";
    private static final List<String> CANDIDATES = List.of("jakube", "postgres", "nobody");

    private final Path directory;
    private final int uid;
    private final int gid;
    private final boolean switchUser;
    private final boolean privateMount;

    private ServerAccount(Path directory, int uid, int gid, boolean switchUser, boolean privateMount) {
        this.directory = directory;
        this.uid = uid;
        this.gid = gid;
        this.switchUser = switchUser;
        this.privateMount = privateMount;
    }

    /**
     * Chooses the account.
     *
     * @param directory the real path that holds data and programs
     * @param data the data directory; its owner wins where it exists
     */
    static ServerAccount choose(Path directory, Path data) throws IOException {
        if (Directories.ownerId(Path.of("/proc/self")) != 0) {
            return new ServerAccount(directory, -1, -1, false, false);
        }
        List<String[]> passwd = Files.readAllLines(Path.of("/etc/passwd")).stream().map(line -> line.split(":")).filter(fields -> fields.length > 3).toList();
        String[] account = null;
        if (Files.isDirectory(data) && Directories.ownerId(data) != 0) {
            account = find(passwd, 2, String.valueOf(Directories.ownerId(data)));
        }
        for (int i = 0; account == null && i < CANDIDATES.size(); i++) {
            account = find(passwd, 0, CANDIDATES.get(i));
        }
        if (account == null) {
            throw new IOException("PostgreSQL may not run as root, and /etc/passwd has none of the accounts " + CANDIDATES + ": create one of them");
        }
        return new ServerAccount(directory, Integer.parseInt(account[2]), Integer.parseInt(account[3]), true, !Directories.reachableByOthers(directory));
    }

    private static String @Nullable [] find(List<String[]> passwd, int field, String value) {
        return passwd.stream().filter(fields -> fields[field].equals(value) && !fields[2].equals("0")).findFirst().orElse(null);
    }

    /** Hands a file or directory to the account. */
    void own(Path path) throws IOException {
        if (switchUser) {
            Directories.chown(path, uid, gid);
        }
    }

    /** A path below the directory as the server sees it. */
    Path seen(Path path) {
        return privateMount && path.startsWith(directory) ? Path.of(MOUNT_POINT).resolve(directory.relativize(path)) : path;
    }

    /** The command that runs another one as this account. The process id stays the same throughout. */
    List<String> command(List<String> command) {
        List<String> full = new ArrayList<>();
        if (privateMount) {
            full.addAll(List.of("unshare", "--mount", "--propagation", "private", "sh", "-c", "mount --bind \"$0\" " + MOUNT_POINT + " && cd / && exec \"$@\"", directory.toString()));
        }
        if (switchUser) {
            full.addAll(List.of("setpriv", "--reuid=" + uid, "--regid=" + gid, "--clear-groups", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"));
        }
        full.addAll(command);
        return full;
    }
}
