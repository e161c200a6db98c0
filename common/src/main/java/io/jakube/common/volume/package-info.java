/** Persistent volumes and the claims they suit. */
@NullMarked
package io.jakube.common.volume;

import org.jspecify.annotations.NullMarked;
