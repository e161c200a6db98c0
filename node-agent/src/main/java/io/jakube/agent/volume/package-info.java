/** Pod volumes: set-up, atomic updates, tear-down. */
@NullMarked
package io.jakube.agent.volume;

import org.jspecify.annotations.NullMarked;
