/** Cluster DNS as the Kubernetes DNS specification 1.1 has it, served on each node; other names are forwarded. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.agent.dns;

import org.jspecify.annotations.NullMarked;
