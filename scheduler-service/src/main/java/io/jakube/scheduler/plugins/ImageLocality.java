package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Container;
import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.List;

/** Prefers nodes that hold large images of the pod already, tempered by how widely the image is spread. */
public final class ImageLocality implements SchedulingPlugin {
    private static final long MIB = 1024 * 1024;
    private static final long MIN = 23 * MIB;
    private static final long MAX_PER_CONTAINER = 1000 * MIB;

    @Override
    public String name() {
        return "ImageLocality";
    }

    @Override
    public int weight() {
        return 1;
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        List<String> images = pod.pod().getSpec().getContainers().stream().map(Container::getImage).map(ImageLocality::normalize).toList();
        double[] spread = new double[images.size()];
        for (int i = 0; i < spread.length; i++) {
            String image = images.get(i);
            long holders = snapshot.nodes().stream().filter(n -> n.imageSizes().containsKey(image)).count();
            spread[i] = snapshot.nodes().isEmpty() ? 0 : (double) holders / snapshot.nodes().size();
        }
        return new Judge() {
            @Override
            public long score(NodeInfo node) {
                long sum = 0;
                for (int i = 0; i < images.size(); i++) {
                    sum += (long) (node.imageSizes().getOrDefault(images.get(i), 0L) * spread[i]);
                }
                long max = MAX_PER_CONTAINER * images.size();
                return 100 * (Math.clamp(sum, MIN, max) - MIN) / (max - MIN);
            }
        };
    }

    private static String normalize(String image) {
        return image.lastIndexOf(':') <= image.lastIndexOf('/') ? image + ":latest" : image;
    }
}
