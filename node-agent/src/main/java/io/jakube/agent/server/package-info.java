/** The agent's HTTPS server. */
@NullMarked
package io.jakube.agent.server;

import org.jspecify.annotations.NullMarked;
