/** Tests of the package. */
@NullMarked
package io.jakube.agent.pod;

import org.jspecify.annotations.NullMarked;
