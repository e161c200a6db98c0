package io.jakube.agent.proxy;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.network.Ipv4Cidr;
import io.jakube.agent.proxy.ServiceRules.Shared;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Writes a service's iptables rules. A pure function of the model.
 *
 * <pre>
 *   nat KUBE-SERVICES --cluster IP----------------------------------> KUBE-SVC or KUBE-SVL -> KUBE-SEP -> DNAT
 *                     --external and load balancer IPs-> KUBE-EXT --> KUBE-SVC or KUBE-SVL
 *                     --own addresses--> KUBE-NODEPORTS-> KUBE-EXT    (KUBE-FW before KUBE-EXT checks source ranges)
 *   filter KUBE-SERVICES, KUBE-EXTERNAL-SERVICES: refuse or drop what has no endpoint
 * </pre>
 *
 * KUBE-SVC balances over the cluster's endpoints, KUBE-SVL over this node's. KUBE-MARK-MASQ marks what must leave with this node's address, so that replies
 * come back here: connections from outside under policy Cluster, an endpoint's connections to itself, and those to cluster IPs that do not come from pods.
 */
final class RuleGenerator {
    private final Optional<Ipv4Cidr> clusterPodCidr;

    /** @param clusterPodCidr all pods' addresses, to tell pods' traffic from others' */
    RuleGenerator(Optional<Ipv4Cidr> clusterPodCidr) {
        this.clusterPodCidr = requireNonNull(clusterPodCidr, "clusterPodCidr is null");
    }

    ServiceRules generate(List<ServicePort> ports) {
        ServiceRules.Builder rules = new ServiceRules.Builder();
        for (ServicePort port : ports) {
            new PortRules(port, rules).generate();
        }
        return rules.build();
    }

    private final class PortRules {
        private final ServicePort port;
        private final ServiceRules.Builder rules;
        private final ChainNames names;
        private final EndpointSelection endpoints;

        PortRules(ServicePort port, ServiceRules.Builder rules) {
            this.port = port;
            this.rules = rules;
            this.names = new ChainNames(port);
            this.endpoints = port.endpoints();
        }

        void generate() {
            boolean external = port.externallyAccessible();
            boolean internalEndpoints = !(port.internalLocal() ? endpoints.local() : endpoints.cluster()).isEmpty();
            if (internalEndpoints) {
                rules.add(Shared.NAT_SERVICES, to("cluster IP", port.clusterIp(), port.port()) + " -j " + policyChain(port.internalLocal()));
            } else {
                rules.add(Shared.FILTER_SERVICES, to(without(port.internalLocal()), port.clusterIp(), port.port()) + " -j " + refusal());
            }
            if (external) {
                externalAddresses();
            }
            if (port.usesClusterEndpoints()) {
                balancingChain(names.cluster(), endpoints.cluster(), !port.internalLocal());
            }
            if (port.usesLocalEndpoints()) {
                balancingChain(names.local(), endpoints.local(), port.internalLocal());
            }
            TreeSet<Endpoint> used = new TreeSet<>();
            if (port.usesClusterEndpoints()) {
                used.addAll(endpoints.cluster());
            }
            if (port.usesLocalEndpoints()) {
                used.addAll(endpoints.local());
            }
            used.forEach(this::endpointChain);
        }

        private void externalAddresses() {
            boolean reachable = !(port.externalLocal() ? endpoints.local() : endpoints.cluster()).isEmpty();
            for (String ip : port.externalIps()) {
                externalAddress("external IP", ip, names.external(), reachable);
            }
            boolean restricted = !port.sourceRanges().isEmpty();
            for (String ip : port.loadBalancerIps()) {
                externalAddress("load balancer IP", ip, restricted ? names.firewall() : names.external(), reachable);
                if (restricted) {
                    rules.add(Shared.FILTER_FIREWALL, to("not from the source ranges", ip, port.port()) + " -j DROP");
                }
            }
            if (port.nodePort() != 0) {
                if (endpoints.any()) {
                    rules.add(Shared.NAT_NODE_PORTS, comment(port.qualifiedName()) + " -p " + port.protocol() + " -m " + port.protocol() + " --dport " + port.nodePort() + " -j "
                            + names.external());
                }
                if (!reachable) {
                    rules.add(Shared.FILTER_EXTERNAL_SERVICES, comment(port.qualifiedName() + " " + without(port.externalLocal())) + " -m addrtype --dst-type LOCAL -p "
                            + port.protocol() + " -m " + port.protocol() + " --dport " + port.nodePort() + " -j " + refusal());
                }
            }
            if (port.healthCheckNodePort() != 0) {
                rules.add(Shared.FILTER_NODE_PORTS, comment(port.qualifiedName() + " health check node port") + " -p tcp -m tcp --dport " + port.healthCheckNodePort()
                        + " -j ACCEPT");
            }
            if (endpoints.any()) {
                externalChain(reachable);
                if (restricted && !port.loadBalancerIps().isEmpty()) {
                    port.sourceRanges().forEach(range -> rules.add(names.firewall(), "-s " + range + " -j " + names.external()));
                }
            }
        }

        private void externalAddress(String what, String ip, String chain, boolean reachable) {
            if (endpoints.any()) {
                rules.add(Shared.NAT_SERVICES, to(what, ip, port.port()) + " -j " + chain);
            }
            if (!reachable) {
                rules.add(Shared.FILTER_EXTERNAL_SERVICES, to(without(port.externalLocal()), ip, port.port()) + " -j " + refusal());
            }
        }

        /** Under policy Local the node's own and its pods' connections are not from outside: they may use any endpoint. */
        private void externalChain(boolean reachable) {
            String chain = names.external();
            if (port.externalLocal()) {
                clusterPodCidr.ifPresent(cidr -> rules.add(chain, comment("pod traffic for " + port.qualifiedName()) + " -s " + cidr + " -j " + names.cluster()));
                rules.add(chain, comment("node's traffic for " + port.qualifiedName()) + " -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ");
                rules.add(chain, comment("node's traffic for " + port.qualifiedName()) + " -m addrtype --src-type LOCAL -j " + names.cluster());
            } else {
                rules.add(chain, comment("external traffic for " + port.qualifiedName()) + " -j KUBE-MARK-MASQ");
            }
            if (reachable) {
                rules.add(chain, "-j " + policyChain(port.externalLocal()));
            }
        }

        private void balancingChain(String chain, List<Endpoint> targets, boolean clusterIpComesHere) {
            if (targets.isEmpty()) {
                return;
            }
            if (clusterIpComesHere) {
                clusterPodCidr.ifPresent(cidr -> rules.add(chain, "! -s " + cidr + " " + to("cluster IP", port.clusterIp(), port.port()) + " -j KUBE-MARK-MASQ"));
            }
            if (port.affinitySeconds() > 0) {
                for (Endpoint target : targets) {
                    String name = names.endpoint(target);
                    rules.add(chain, comment(port.qualifiedName() + " -> " + target) + " -m recent --name " + name + " --rcheck --seconds " + port.affinitySeconds()
                            + " --reap -j " + name);
                }
            }
            for (int i = 0; i < targets.size(); i++) {
                int left = targets.size() - i;
                String random = left == 1 ? "" : String.format(Locale.ROOT, " -m statistic --mode random --probability %.10f", 1.0 / left);
                rules.add(chain, comment(port.qualifiedName() + " -> " + targets.get(i)) + random + " -j " + names.endpoint(targets.get(i)));
            }
        }

        private void endpointChain(Endpoint endpoint) {
            String chain = names.endpoint(endpoint);
            rules.add(chain, comment(port.qualifiedName()) + " -s " + endpoint.ip() + "/32 -j KUBE-MARK-MASQ");
            String affinity = port.affinitySeconds() > 0 ? " -m recent --name " + chain + " --set" : "";
            rules.add(chain, comment(port.qualifiedName()) + affinity + " -p " + port.protocol() + " -m " + port.protocol() + " -j DNAT --to-destination " + endpoint);
        }

        private String policyChain(boolean local) {
            return local ? names.local() : names.cluster();
        }

        private String without(boolean local) {
            return local && endpoints.any() ? "has no local endpoints" : "has no endpoints";
        }

        /** Without any endpoint clients are told at once; with endpoints elsewhere only, a load balancer's probes must time out instead. */
        private String refusal() {
            return endpoints.any() ? "DROP" : "REJECT";
        }

        private String to(String what, String ip, int destinationPort) {
            return comment(port.qualifiedName() + " " + what) + " -d " + ip + "/32 -p " + port.protocol() + " -m " + port.protocol() + " --dport " + destinationPort;
        }

        private static String comment(String text) {
            return "-m comment --comment \"" + text + "\"";
        }
    }
}
