/** Cluster IPs and node ports of services: who holds which. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.registry.core.allocation;

import org.jspecify.annotations.NullMarked;
