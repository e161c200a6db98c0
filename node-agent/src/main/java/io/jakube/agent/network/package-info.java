/** The node's part of the pod network: CNI configuration, routes between nodes, masquerading, and the host commands these need. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.agent.network;

import org.jspecify.annotations.NullMarked;
