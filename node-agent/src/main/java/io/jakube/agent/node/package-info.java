/** The Node object: registration, status, heartbeat lease. */
@NullMarked
package io.jakube.agent.node;

import org.jspecify.annotations.NullMarked;
