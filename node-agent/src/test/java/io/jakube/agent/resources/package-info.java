/** Tests of the package. */
@NullMarked
package io.jakube.agent.resources;

import org.jspecify.annotations.NullMarked;
