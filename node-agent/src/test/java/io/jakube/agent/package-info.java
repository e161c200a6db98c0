/** Tests of the whole agent. */
@NullMarked
package io.jakube.agent;

import org.jspecify.annotations.NullMarked;
