/** Tests of the package. */
@NullMarked
package io.jakube.agent.logs;

import org.jspecify.annotations.NullMarked;
