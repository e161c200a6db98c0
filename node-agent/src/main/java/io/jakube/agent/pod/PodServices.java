package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.api.ClusterObjects;
import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.env.EnvironmentBuilder;
import io.jakube.agent.probe.Handlers;
import io.jakube.agent.pull.ImagePuller;
import io.jakube.agent.resources.PodCgroups;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the pods of one node share.
 *
 * @param node asked anew each time it is needed
 * @param cgroups empty where the agent cannot or need not manage them
 * @param realFiles false for simulated nodes, whose pods get no volumes and no files
 */
public record PodServices(
        ContainerRuntime runtime,
        PodPaths paths,
        Supplier<NodeFacts> node,
        PodDns dns,
        PodEvents events,
        PodApi api,
        ClusterObjects objects,
        ImagePuller puller,
        Optional<PodCgroups> cgroups,
        boolean realFiles,
        InstantSource clock) {
    public PodServices {
        requireNonNull(runtime, "runtime is null");
        requireNonNull(paths, "paths is null");
        requireNonNull(node, "node is null");
        requireNonNull(dns, "dns is null");
        requireNonNull(events, "events is null");
        requireNonNull(api, "api is null");
        requireNonNull(objects, "objects is null");
        requireNonNull(puller, "puller is null");
        requireNonNull(cgroups, "cgroups is null");
        requireNonNull(clock, "clock is null");
    }

    Handlers handlers() {
        return new Handlers(runtime, realFiles);
    }

    SecurityContexts security() {
        return new SecurityContexts(paths.root().resolve("seccomp"));
    }

    SandboxConfigs sandboxConfigs() {
        return new SandboxConfigs(paths, dns, cgroups.orElseGet(PodCgroups::new), security());
    }

    ContainerConfigs containerConfigs() {
        return new ContainerConfigs(paths, new EnvironmentBuilder(objects), security(), realFiles);
    }
}
