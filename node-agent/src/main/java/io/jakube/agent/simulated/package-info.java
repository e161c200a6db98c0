/** A runtime without containers, for simulated nodes. */
@NullMarked
package io.jakube.agent.simulated;

import org.jspecify.annotations.NullMarked;
