package io.jakube.controller.service;

import static java.util.Objects.requireNonNull;

import io.jakube.controller.cronjob.CronJobController;
import io.jakube.controller.daemonset.DaemonSetController;
import io.jakube.controller.deployment.DeploymentController;
import io.jakube.controller.discovery.ResourceDiscovery;
import io.jakube.controller.disruption.DisruptionController;
import io.jakube.controller.endpoints.EndpointSliceMirroringController;
import io.jakube.controller.endpoints.EndpointsController;
import io.jakube.controller.garbage.GarbageCollector;
import io.jakube.controller.job.JobController;
import io.jakube.controller.loadbalancer.LoadBalancerController;
import io.jakube.controller.namespace.NamespaceController;
import io.jakube.controller.namespace.NamespaceDefaultsController;
import io.jakube.controller.node.NodeIpamController;
import io.jakube.controller.node.NodeLifecycleController;
import io.jakube.controller.node.PodGarbageController;
import io.jakube.controller.node.TaintEvictionController;
import io.jakube.controller.replicaset.ReplicaSetController;
import io.jakube.controller.replicaset.ReplicationControllerController;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.serviceaccount.TokenSecretController;
import io.jakube.controller.statefulset.StatefulSetController;
import io.jakube.controller.volume.VolumeController;
import java.util.function.Consumer;

/** All controllers of the controller manager. */
public final class Controllers implements Consumer<ControllerScope> {
    private final ControllerSettings settings;
    private final String authority;

    /** @param authority PEM of the API server's certificate authority, published to every namespace */
    public Controllers(ControllerSettings settings, String authority) {
        this.settings = requireNonNull(settings, "settings is null");
        this.authority = requireNonNull(authority, "authority is null");
    }

    @Override
    public void accept(ControllerScope scope) {
        ResourceDiscovery discovery = new ResourceDiscovery(scope.client());
        new ReplicaSetController(scope);
        new ReplicationControllerController(scope);
        new DeploymentController(scope);
        new JobController(scope);
        new CronJobController(scope);
        new DaemonSetController(scope);
        new StatefulSetController(scope);
        new EndpointsController(scope);
        new EndpointSliceMirroringController(scope);
        new NamespaceDefaultsController(scope, authority);
        NamespaceController namespaces = new NamespaceController(scope, discovery);
        new GarbageCollector(scope, discovery).onRemoval(namespaces::contentRemoved);
        new NodeIpamController(scope, settings.podCidr());
        new NodeLifecycleController(scope);
        new TaintEvictionController(scope);
        new PodGarbageController(scope);
        new DisruptionController(scope);
        new LoadBalancerController(scope, settings.loadBalancerAddresses());
        new TokenSecretController(scope);
        new VolumeController(scope);
    }
}
