/** Tests of the package. */
@NullMarked
package io.jakube.agent.env;

import org.jspecify.annotations.NullMarked;
