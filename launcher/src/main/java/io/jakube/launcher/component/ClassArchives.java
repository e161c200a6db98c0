package io.jakube.launcher.component;

import io.jakube.launcher.LaunchException;
import io.jakube.launcher.layout.Distribution;
import io.jakube.launcher.layout.JakubeHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Class data archives of the cluster's Java processes: written by the first process of a build when it ends, used by all later ones. They lie with the
 * distribution, or with the cluster where the distribution belongs to somebody else.
 */
final class ClassArchives {
    private ClassArchives() {}

    /** The archive of processes of one kind. One that is older than the build is removed: it would be used for the classes that have not changed, and never renewed. */
    static Path file(Distribution distribution, JakubeHome home, String kind) {
        try {
            Path shared = distribution.root().resolve("archives");
            boolean own = Files.isWritable(Files.isDirectory(shared) ? shared : distribution.root());
            Path file = (own ? Files.createDirectories(shared) : Files.createDirectories(home.root().resolve("archives"))).resolve(kind + ".jsa");
            Path built = distribution.root().resolve("built");
            if (Files.exists(file) && Files.exists(built) && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(built)) < 0) {
                Files.delete(file);
            }
            return file;
        } catch (IOException e) {
            throw new LaunchException("The directory for class archives cannot be written (" + e.getMessage() + ").", e);
        }
    }
}
