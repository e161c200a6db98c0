/** Tests of the package. */
@NullMarked
package io.jakube.agent.containerd;

import org.jspecify.annotations.NullMarked;
