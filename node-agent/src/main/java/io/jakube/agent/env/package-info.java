/** Environment variables of containers. */
@NullMarked
package io.jakube.agent.env;

import org.jspecify.annotations.NullMarked;
