/** Configuration of the agent's own containerd. */
@NullMarked
package io.jakube.agent.containerd;

import org.jspecify.annotations.NullMarked;
