/** The agent's settings. */
@NullMarked
package io.jakube.agent.config;

import org.jspecify.annotations.NullMarked;
