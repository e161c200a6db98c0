/** Pod lifecycle: one event loop per pod, pure planning and status computation, container start and stop. */
@NullMarked
package io.jakube.agent.pod;

import org.jspecify.annotations.NullMarked;
