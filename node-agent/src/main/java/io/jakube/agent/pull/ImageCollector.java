package io.jakube.agent.pull;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.v1.Container;
import io.jakube.agent.cri.v1.Image;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes images that no container uses when the disk is more than 85 % full, until it is 80 % full. Not for nodes that prefer local images:
 * there an image may exist nowhere else.
 */
public final class ImageCollector {
    private static final Logger LOG = LoggerFactory.getLogger(ImageCollector.class);
    private static final int HIGH_PERCENT = 85;
    private static final int LOW_PERCENT = 80;

    private final ContainerRuntime runtime;
    private final Path root;
    private final Set<String> kept;

    /** @param kept names that are never removed, such as the sandbox image */
    public ImageCollector(ContainerRuntime runtime, Path root, Set<String> kept) {
        this.runtime = requireNonNull(runtime, "runtime is null");
        this.root = requireNonNull(root, "root is null");
        this.kept = Set.copyOf(kept);
    }

    /** Looks at the disk once. */
    public void collect() throws IOException {
        if (usedPercent() < HIGH_PERCENT) {
            return;
        }
        for (Image image : unused(runtime.listImages(), runtime.listContainers(Map.of()), kept)) {
            if (usedPercent() < LOW_PERCENT) {
                return;
            }
            LOG.info("The disk is nearly full: removing image {} {}", image.getId(), image.getRepoTagsList());
            runtime.removeImage(image.getId());
        }
    }

    /** Images that can go. */
    static List<Image> unused(List<Image> images, List<Container> containers, Set<String> kept) {
        Set<String> used = new HashSet<>();
        for (Container container : containers) {
            used.add(container.getImage().getImage());
            used.add(container.getImageRef());
            used.add(container.getImageId());
        }
        return images.stream()
                .filter(image -> !image.getPinned()
                        && !used.contains(image.getId())
                        && image.getRepoTagsList().stream().noneMatch(name -> used.contains(name) || kept.contains(name))
                        && image.getRepoDigestsList().stream().noneMatch(used::contains))
                .toList();
    }

    private long usedPercent() throws IOException {
        FileStore store = Files.getFileStore(root);
        return 100 - 100 * store.getUsableSpace() / Math.max(1, store.getTotalSpace());
    }
}
