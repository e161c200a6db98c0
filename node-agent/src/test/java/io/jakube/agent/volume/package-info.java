/** Tests of the package. */
@NullMarked
package io.jakube.agent.volume;

import org.jspecify.annotations.NullMarked;
