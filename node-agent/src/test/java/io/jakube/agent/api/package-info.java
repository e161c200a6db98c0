/** Stand-ins for the API server in tests. */
@NullMarked
package io.jakube.agent.api;

import org.jspecify.annotations.NullMarked;
