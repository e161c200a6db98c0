package io.jakube.apiserver.streaming.proxy;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.streaming.PodTarget;
import io.jakube.apiserver.streaming.node.Nodes;
import io.jakube.apiserver.streaming.wire.HttpConnection;
import io.jakube.common.api.GroupResource;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Finds the address behind the name of a proxied pod, service or node, by upstream's rules for defaults. Thread-safe. */
public final class ProxyTargets {
    private static final GroupResource SERVICES = GroupResource.core("services");
    private static final GroupResource ENDPOINTS = GroupResource.core("endpoints");
    private static final int CONNECT_TIMEOUT = 10_000;

    private final ObjectStore objects;
    private final Nodes nodes;

    public ProxyTargets(ObjectStore objects, Nodes nodes) {
        this.objects = requireNonNull(objects, "objects is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
    }

    /** @throws ApiException 400 for a malformed name or a forbidden address, 404, 503 where nothing is behind a service */
    ProxyTarget find(RequestInfo info) {
        String resource = info.resource();
        String kind = resource.substring(0, resource.length() - 1);
        ProxyName name = ProxyName.parse(info.name()).orElseThrow(() -> ApiException.badRequest("invalid " + kind + " request \"" + info.name() + "\""));
        return switch (resource) {
            case "pods" -> pod(info.namespace(), name);
            case "services" -> service(info.namespace(), name);
            default -> node(name);
        };
    }

    private ProxyTarget pod(String namespace, ProxyName name) {
        ObjectNode pod = PodTarget.find(objects, namespace, name.name()).object();
        String port = name.port();
        if (port.isEmpty()) {
            for (JsonNode container : pod.path("spec").path("containers")) {
                if (port.isEmpty() && container.path("ports").path(0).has("containerPort")) {
                    port = container.path("ports").path(0).path("containerPort").asText();
                }
            }
        }
        String address = pod.path("status").path("podIP").asText();
        if (address.isEmpty()) {
            throw ApiException.badRequest("address not allowed");
        }
        return direct(name.scheme(), address, port);
    }

    private ProxyTarget service(String namespace, ProxyName name) {
        ObjectNode service = objects.get(SERVICES, namespace, name.name()).orElseThrow(() -> ApiException.notFound(SERVICES, name.name()));
        String port = portName(service.path("spec").path("ports"), name);
        List<String[]> addresses = new ArrayList<>();
        objects.getCached(ENDPOINTS, namespace, name.name()).ifPresent(endpoints -> {
            for (JsonNode subset : endpoints.path("subsets")) {
                for (JsonNode candidate : subset.path("ports")) {
                    if (candidate.path("name").asText().equals(port)) {
                        subset.path("addresses").forEach(address -> addresses.add(new String[] {address.path("ip").asText(), candidate.path("port").asText()}));
                    }
                }
            }
        });
        if (addresses.isEmpty()) {
            throw ApiException.unavailable("no endpoints available for service \"" + name.name() + "\"");
        }
        String[] chosen = addresses.get(ThreadLocalRandom.current().nextInt(addresses.size()));
        return direct(name.scheme(), chosen[0], chosen[1]);
    }

    private static String portName(JsonNode ports, ProxyName name) {
        if (name.port().isEmpty()) {
            return ports.size() == 1 ? ports.path(0).path("name").asText() : "";
        }
        if (!name.port().chars().allMatch(Character::isDigit)) {
            return name.port();
        }
        for (JsonNode port : ports) {
            if (port.path("port").asText().equals(name.port())) {
                return port.path("name").asText();
            }
        }
        throw ApiException.unavailable("no service port " + name.port() + " found for service \"" + name.name() + "\"");
    }

    private ProxyTarget node(ProxyName name) {
        Nodes.Address address = nodes.address(name.name());
        if (name.port().isEmpty() || name.port().equals(Integer.toString(address.port()))) {
            return new ProxyTarget("https", address.authority(), () -> nodes.connect(address));
        }
        return direct(name.scheme(), address.host(), name.port());
    }

    private static ProxyTarget direct(String scheme, String host, String port) {
        int number = number(port, scheme);
        InetAddress address = address(host);
        String authority = (host.indexOf(':') < 0 ? host : "[" + host + "]") + (port.isEmpty() ? "" : ":" + number);
        return new ProxyTarget(scheme, authority, () -> {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, number), CONNECT_TIMEOUT);
                return new HttpConnection(scheme.equals("https") ? UnverifiedTls.over(socket, host, number) : socket);
            } catch (IOException e) {
                socket.close();
                throw e;
            }
        });
    }

    /** A proxy must not be the way to what the API server's host keeps to itself. */
    private static InetAddress address(String host) {
        try {
            InetAddress address = InetAddress.ofLiteral(host);
            if (address.isLoopbackAddress() || address.isLinkLocalAddress() || address.isAnyLocalAddress() || address.isMulticastAddress()) {
                throw ApiException.badRequest("address not allowed");
            }
            return address;
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("address not allowed");
        }
    }

    private static int number(String port, String scheme) {
        if (port.isEmpty()) {
            return scheme.equals("https") ? 443 : 80;
        }
        try {
            int number = Integer.parseInt(port);
            if (number > 0 && number < 65_536) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("invalid port \"" + port + "\"");
        }
        throw ApiException.badRequest("invalid port \"" + port + "\"");
    }
}
