/** Image pulling with back-off, and image garbage collection. */
@NullMarked
package io.jakube.agent.pull;

import org.jspecify.annotations.NullMarked;
