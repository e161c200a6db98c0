package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;

/**
 * What pods need to know of their node.
 *
 * @param hostname of the machine, for pods on its network
 * @param addresses the node's, the preferred one first
 * @param allocatable resources of the node
 * @param memoryBytes of the machine
 */
public record NodeFacts(String nodeName, String hostname, List<String> addresses, Map<String, Quantity> allocatable, long memoryBytes) {}
