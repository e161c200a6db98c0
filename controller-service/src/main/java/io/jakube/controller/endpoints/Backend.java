package io.jakube.controller.endpoints;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.controller.pods.PodStates;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One address of a pod behind a service.
 *
 * @param family {@code IPv4} or {@code IPv6}
 * @param ready whether to send new connections here
 * @param serving whether the pod is ready, be it terminating or not
 * @param hostname the pod's own DNS name under the service, null without
 * @param ports resolved to numbers; a named port the pod lacks is left out
 */
record Backend(String family, String address, Pod pod, boolean ready, boolean serving, boolean terminating, @Nullable String hostname, List<Port> ports) {
    /** A service port as this pod serves it. */
    record Port(@Nullable String name, String protocol, int number, @Nullable String appProtocol) {}

    static final Comparator<Backend> ORDER = Comparator.comparing(Backend::address).thenComparing(b -> String.valueOf(b.pod().getMetadata().getUid()));

    /** Whether the controllers here look after a service's endpoints: it has a selector and is no mere alias. */
    static boolean isManaged(Service service) {
        Map<String, String> selector = service.getSpec().getSelector();
        return selector != null && !selector.isEmpty() && !"ExternalName".equals(service.getSpec().getType());
    }

    static boolean isHeadless(Service service) {
        return "None".equals(service.getSpec().getClusterIP());
    }

    /** IP families of a service, the main one first. */
    static List<String> families(Service service) {
        List<String> families = service.getSpec().getIpFamilies();
        return families == null || families.isEmpty() ? List.of("IPv4") : families;
    }

    /** The pods behind a service, one entry per address of its families, in order of address. */
    static List<Backend> of(Service service, Collection<Pod> podsOfNamespace) {
        List<Backend> backends = new ArrayList<>();
        List<String> families = families(service);
        for (Pod pod : podsOfNamespace) {
            if (!PodStates.isFinished(pod) && LabelSelectors.containsAll(pod.getMetadata().getLabels(), service.getSpec().getSelector())) {
                for (String address : addresses(pod)) {
                    String family = address.indexOf(':') < 0 ? "IPv4" : "IPv6";
                    if (families.contains(family)) {
                        backends.add(of(service, pod, family, address));
                    }
                }
            }
        }
        backends.sort(ORDER);
        return backends;
    }

    private static Backend of(Service service, Pod pod, String family, String address) {
        boolean serving = PodStates.isReady(pod);
        boolean terminating = PodStates.isTerminating(pod);
        boolean ready = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses()) || serving && !terminating;
        String hostname = pod.getSpec().getHostname();
        boolean named = hostname != null && !hostname.isEmpty() && service.getMetadata().getName().equals(pod.getSpec().getSubdomain());
        return new Backend(family, address, pod, ready, serving, terminating, named ? hostname : null, ports(service, pod));
    }

    private static List<String> addresses(Pod pod) {
        if (pod.getStatus() == null) {
            return List.of();
        }
        List<PodIP> ips = pod.getStatus().getPodIPs();
        if (ips != null && !ips.isEmpty()) {
            return ips.stream().map(PodIP::getIp).toList();
        }
        String ip = pod.getStatus().getPodIP();
        return ip == null || ip.isEmpty() ? List.of() : List.of(ip);
    }

    private static List<Port> ports(Service service, Pod pod) {
        List<Port> ports = new ArrayList<>();
        for (ServicePort port : service.getSpec().getPorts() == null ? List.<ServicePort>of() : service.getSpec().getPorts()) {
            String protocol = port.getProtocol() == null ? "TCP" : port.getProtocol();
            resolve(pod, port, protocol).ifPresent(number -> ports.add(new Port(port.getName() == null || port.getName().isEmpty() ? null : port.getName(), protocol, number, port.getAppProtocol())));
        }
        return ports;
    }

    private static Optional<Integer> resolve(Pod pod, ServicePort port, String protocol) {
        IntOrString target = port.getTargetPort();
        if (target == null || target.getStrVal() == null && (target.getIntVal() == null || target.getIntVal() == 0)) {
            return Optional.of(port.getPort());
        }
        if (target.getStrVal() == null) {
            return Optional.of(target.getIntVal());
        }
        Stream<Container> sidecars = pod.getSpec().getInitContainers() == null ? Stream.of()
                : pod.getSpec().getInitContainers().stream().filter(c -> "Always".equals(c.getRestartPolicy()));
        return Stream.concat(pod.getSpec().getContainers().stream(), sidecars)
                .flatMap(container -> container.getPorts() == null ? Stream.<ContainerPort>of() : container.getPorts().stream())
                .filter(p -> target.getStrVal().equals(p.getName()) && protocol.equals(p.getProtocol() == null ? "TCP" : p.getProtocol()))
                .map(ContainerPort::getContainerPort).findFirst();
    }

    ObjectReference target() {
        return new ObjectReferenceBuilder().withKind("Pod").withNamespace(pod.getMetadata().getNamespace()).withName(pod.getMetadata().getName()).withUid(pod.getMetadata().getUid()).build();
    }
}
