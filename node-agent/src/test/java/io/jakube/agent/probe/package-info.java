/** Tests of the package. */
@NullMarked
package io.jakube.agent.probe;

import org.jspecify.annotations.NullMarked;
