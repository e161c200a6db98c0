/** Calls to the API server. */
@NullMarked
package io.jakube.agent.api;

import org.jspecify.annotations.NullMarked;
