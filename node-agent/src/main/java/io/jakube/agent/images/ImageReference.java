package io.jakube.agent.images;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An image name in full, as container runtimes store it: {@code nginx}, {@code nginx:latest} and
 * {@code docker.io/library/nginx:latest} are the same reference.
 *
 * @param repository registry host and path, such as {@code docker.io/library/nginx}
 * @param suffix the tag with its colon or the digest with its at sign; never empty
 * @see <a href="https://github.com/distribution/reference">the grammar of references</a>
 */
public record ImageReference(String repository, String suffix) {
    private static final String DEFAULT_REGISTRY = "docker.io";
    private static final Pattern PATH_COMPONENT = Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]+(?::[0-9]+)?|\\[[0-9a-fA-F:]+](?::[0-9]+)?");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");
    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}");

    public ImageReference {
        requireNonNull(repository, "repository is null");
        requireNonNull(suffix, "suffix is null");
    }

    /** @throws IllegalArgumentException if the text is no image name */
    public static ImageReference parse(String name) {
        requireNonNull(name, "name is null");
        int at = name.indexOf('@');
        String digest = at < 0 ? "" : name.substring(at + 1);
        String rest = at < 0 ? name : name.substring(0, at);
        int colon = rest.lastIndexOf(':');
        String tag = "";
        if (colon > rest.lastIndexOf('/')) {
            tag = rest.substring(colon + 1);
            rest = rest.substring(0, colon);
            check(TAG.matcher(tag).matches(), name);
        }
        check(at < 0 || DIGEST.matcher(digest).matches(), name);
        String repository = fullRepository(rest);
        for (String component : repository.substring(repository.indexOf('/') + 1).split("/", -1)) {
            check(PATH_COMPONENT.matcher(component).matches(), name);
        }
        return new ImageReference(repository, at >= 0 ? "@" + digest : tag.isEmpty() ? ":latest" : ":" + tag);
    }

    private static String fullRepository(String name) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean isHost = !first.isEmpty() && HOST.matcher(first).matches()
                && (first.contains(".") || first.contains(":") || first.equals("localhost") || !first.equals(first.toLowerCase(Locale.ROOT)));
        if (!isHost) {
            return DEFAULT_REGISTRY + "/" + (slash < 0 ? "library/" : "") + name;
        }
        if (first.equals("index.docker.io")) {
            first = DEFAULT_REGISTRY;
        }
        String path = name.substring(slash + 1);
        return first + "/" + (first.equals(DEFAULT_REGISTRY) && path.indexOf('/') < 0 ? "library/" : "") + path;
    }

    private static void check(boolean valid, String name) {
        if (!valid) {
            throw new IllegalArgumentException("not an image name: \"" + name + "\"");
        }
    }

    @Override
    public String toString() {
        return repository + suffix;
    }
}
