/** Nodes: pod networks, health, taints and the eviction they cause, pods whose node is gone. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.node;

import org.jspecify.annotations.NullMarked;
