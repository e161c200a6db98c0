package io.jakube.agent.env;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The variables that tell a container where services are ("Discovering services" in the Kubernetes documentation). */
public final class ServiceVariables {
    private ServiceVariables() {}

    public static Map<String, String> of(Collection<Service> services) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (Service service : services) {
            String ip = service.getSpec().getClusterIP();
            List<ServicePort> ports = service.getSpec().getPorts();
            if (ip == null || ip.isEmpty() || ip.equals("None") || ports == null || ports.isEmpty()) {
                continue;
            }
            String name = variable(service.getMetadata().getName());
            variables.put(name + "_SERVICE_HOST", ip);
            variables.put(name + "_SERVICE_PORT", ports.getFirst().getPort().toString());
            for (ServicePort port : ports) {
                if (port.getName() != null && !port.getName().isEmpty()) {
                    variables.put(name + "_SERVICE_PORT_" + variable(port.getName()), port.getPort().toString());
                }
            }
            variables.put(name + "_PORT", url(ip, ports.getFirst()));
            for (ServicePort port : ports) {
                String prefix = name + "_PORT_" + port.getPort() + "_" + protocol(port);
                variables.put(prefix, url(ip, port));
                variables.put(prefix + "_PROTO", protocol(port).toLowerCase(Locale.ROOT));
                variables.put(prefix + "_PORT", port.getPort().toString());
                variables.put(prefix + "_ADDR", ip);
            }
        }
        return variables;
    }

    private static String url(String ip, ServicePort port) {
        return protocol(port).toLowerCase(Locale.ROOT) + "://" + (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port.getPort();
    }

    private static String protocol(ServicePort port) {
        return port.getProtocol() == null ? "TCP" : port.getProtocol();
    }

    private static String variable(String name) {
        return name.replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
