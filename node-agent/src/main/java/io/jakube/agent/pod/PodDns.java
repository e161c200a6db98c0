package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodDNSConfig;
import io.fabric8.kubernetes.api.model.PodDNSConfigOption;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.jakube.agent.cri.v1.DNSConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A pod's resolver configuration and host names ("DNS for Services and Pods" in the Kubernetes documentation).
 *
 * @param servers the cluster's name server addresses
 * @param domain the cluster domain, such as {@code cluster.local}
 * @param resolvConf the machine's resolver configuration
 */
public record PodDns(List<String> servers, String domain, Path resolvConf) {
    private static final int MAX_HOSTNAME = 63;

    public PodDns {
        servers = List.copyOf(servers);
        requireNonNull(domain, "domain is null");
        requireNonNull(resolvConf, "resolvConf is null");
    }

    /** The host name inside the pod. */
    public String hostname(Pod pod, NodeFacts node) {
        PodSpec spec = pod.getSpec();
        if (spec.getHostnameOverride() != null && !spec.getHostnameOverride().isEmpty()) {
            return spec.getHostnameOverride();
        }
        if (PodSpecs.hostNetwork(spec)) {
            return node.hostname();
        }
        String fqdn = fqdn(pod);
        return Boolean.TRUE.equals(spec.getSetHostnameAsFQDN()) && !fqdn.isEmpty() ? fqdn : shortName(pod);
    }

    /** The name under the pod's subdomain, or empty if it has none. */
    public String fqdn(Pod pod) {
        String subdomain = pod.getSpec().getSubdomain();
        return subdomain == null || subdomain.isEmpty()
                ? ""
                : shortName(pod) + "." + subdomain + "." + pod.getMetadata().getNamespace() + ".svc." + domain;
    }

    static String shortName(Pod pod) {
        String hostname = pod.getSpec().getHostname();
        if (hostname != null && !hostname.isEmpty()) {
            return hostname;
        }
        String name = pod.getMetadata().getName();
        String cut = name.length() > MAX_HOSTNAME ? name.substring(0, MAX_HOSTNAME) : name;
        return cut.replaceAll("[-.]+$", "");
    }

    public DNSConfig config(Pod pod) {
        PodSpec spec = pod.getSpec();
        String policy = spec.getDnsPolicy() == null ? "ClusterFirst" : spec.getDnsPolicy();
        boolean cluster = policy.equals("ClusterFirstWithHostNet") || policy.equals("ClusterFirst") && !PodSpecs.hostNetwork(spec);
        Set<String> nameservers = new LinkedHashSet<>();
        Set<String> searches = new LinkedHashSet<>();
        Map<String, String> options = new LinkedHashMap<>();
        if (cluster && !servers.isEmpty()) {
            nameservers.addAll(servers);
            searches.add(pod.getMetadata().getNamespace() + ".svc." + domain);
            searches.add("svc." + domain);
            searches.add(domain);
            hostLines("search").forEach(searches::add);
            options.put("ndots", "5");
        } else if (!policy.equals("None")) {
            nameservers.addAll(hostLines("nameserver"));
            searches.addAll(hostLines("search"));
            hostLines("options").forEach(option -> putOption(options, option));
        }
        PodDNSConfig own = spec.getDnsConfig();
        if (own != null) {
            nameservers.addAll(own.getNameservers() == null ? List.of() : own.getNameservers());
            searches.addAll(own.getSearches() == null ? List.of() : own.getSearches());
            for (PodDNSConfigOption option : own.getOptions() == null ? List.<PodDNSConfigOption>of() : own.getOptions()) {
                options.put(option.getName(), option.getValue() == null ? "" : option.getValue());
            }
        }
        DNSConfig.Builder config = DNSConfig.newBuilder().addAllServers(nameservers).addAllSearches(searches);
        options.forEach((name, value) -> config.addOptions(value.isEmpty() ? name : name + ":" + value));
        return config.build();
    }

    private static void putOption(Map<String, String> options, String option) {
        int colon = option.indexOf(':');
        options.put(colon < 0 ? option : option.substring(0, colon), colon < 0 ? "" : option.substring(colon + 1));
    }

    private List<String> hostLines(String keyword) {
        List<String> values = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(resolvConf)) {
                String[] words = line.strip().split("\\s+");
                if (words[0].equals(keyword)) {
                    values.addAll(List.of(words).subList(1, words.length));
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        return values;
    }
}
