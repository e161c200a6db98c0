/** Liveness, readiness and startup probes, and the handlers they share with lifecycle hooks. */
@NullMarked
package io.jakube.agent.probe;

import org.jspecify.annotations.NullMarked;
