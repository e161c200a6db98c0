package io.jakube.agent.resources;

import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.agent.system.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cgroups of pods: {@code kubepods/pod<uid>} for guaranteed pods, {@code kubepods/burstable/pod<uid>} and
 * {@code kubepods/besteffort/pod<uid>} for the others; the runtime puts containers below. Under systemd the same tree is slices.
 * Where a value cannot be written the pod runs without it and the log says so.
 */
public final class PodCgroups {
    private static final Logger LOG = LoggerFactory.getLogger(PodCgroups.class);
    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final boolean v2 = Host.cgroupV2();
    private final boolean systemd = Host.systemdIsInit();

    /** The value of CRI's {@code cgroup_parent}. */
    public String parent(Pod pod) {
        String id = "pod" + pod.getMetadata().getUid();
        QosClass qos = QosClass.of(pod.getSpec());
        if (systemd) {
            String unit = id.replace('-', '_') + ".slice";
            return switch (qos) {
                case GUARANTEED -> "kubepods-" + unit;
                case BURSTABLE -> "kubepods-burstable-" + unit;
                case BEST_EFFORT -> "kubepods-besteffort-" + unit;
            };
        }
        return switch (qos) {
            case GUARANTEED -> "/kubepods/" + id;
            case BURSTABLE -> "/kubepods/burstable/" + id;
            case BEST_EFFORT -> "/kubepods/besteffort/" + id;
        };
    }

    /** Creates the pod's cgroup with its limits; the runtime creates the controllers that carry none. */
    public void create(Pod pod) {
        CgroupValues values = CgroupValues.ofPod(pod.getSpec());
        String relative = relative(pod);
        if (v2) {
            Path path = ROOT.resolve(relative);
            makeWithControllers(path);
            long weight = 1 + (values.cpuShares() - 2) * 9999 / 262142;
            write(path.resolve("cpu.weight"), Long.toString(weight));
            write(path.resolve("cpu.max"), (values.cpuQuota() > 0 ? values.cpuQuota() : "max") + " " + CgroupValues.CPU_PERIOD);
            write(path.resolve("memory.max"), values.memoryLimit() > 0 ? Long.toString(values.memoryLimit()) : "max");
            return;
        }
        Path cpu = ROOT.resolve("cpu").resolve(relative);
        Path memory = ROOT.resolve("memory").resolve(relative);
        make(cpu);
        make(memory);
        write(cpu.resolve("cpu.shares"), Long.toString(values.cpuShares()));
        write(cpu.resolve("cpu.cfs_period_us"), Long.toString(CgroupValues.CPU_PERIOD));
        write(cpu.resolve("cpu.cfs_quota_us"), Long.toString(values.cpuQuota() > 0 ? values.cpuQuota() : -1));
        write(memory.resolve("memory.limit_in_bytes"), Long.toString(values.memoryLimit() > 0 ? values.memoryLimit() : -1));
    }

    /** Removes the pod's cgroups; those that still hold processes stay and are logged. */
    public void remove(Pod pod) {
        String relative = relative(pod);
        List<Path> roots = new ArrayList<>();
        if (v2) {
            roots.add(ROOT.resolve(relative));
        } else {
            try (Stream<Path> controllers = Files.list(ROOT)) {
                controllers.map(controller -> controller.resolve(relative)).forEach(roots::add);
            } catch (IOException e) {
                return;
            }
        }
        for (Path root : roots) {
            if (Files.isDirectory(root)) {
                removeTree(root);
            }
        }
    }

    private static void removeTree(Path root) {
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : tree.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            LOG.debug("The cgroup {} stays for now: {}", root, e.getMessage());
        }
    }

    private String relative(Pod pod) {
        String parent = parent(pod);
        if (!systemd) {
            return parent.substring(1);
        }
        return switch (QosClass.of(pod.getSpec())) {
            case GUARANTEED -> "kubepods.slice/" + parent;
            case BURSTABLE -> "kubepods.slice/kubepods-burstable.slice/" + parent;
            case BEST_EFFORT -> "kubepods.slice/kubepods-besteffort.slice/" + parent;
        };
    }

    private static void makeWithControllers(Path path) {
        List<Path> missing = new ArrayList<>();
        for (Path at = path; !at.equals(ROOT); at = at.getParent()) {
            missing.addFirst(at);
        }
        for (Path at : missing) {
            write(at.getParent().resolve("cgroup.subtree_control"), "+cpu +cpuset +memory +pids");
            make(at);
        }
    }

    private static void make(Path path) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            LOG.warn("The cgroup {} cannot be created: {}", path, e.getMessage());
        }
    }

    private static void write(Path file, String value) {
        try {
            Files.writeString(file, value);
        } catch (IOException e) {
            LOG.debug("{} cannot be set to {}: {}", file, value, e.getMessage());
        }
    }
}
