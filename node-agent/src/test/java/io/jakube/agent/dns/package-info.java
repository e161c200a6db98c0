/** Tests of cluster DNS. */
@NullMarked
package io.jakube.agent.dns;

import org.jspecify.annotations.NullMarked;
