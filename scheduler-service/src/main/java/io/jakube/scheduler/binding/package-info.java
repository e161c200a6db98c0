/** Carrying a decision out, and telling about it. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.scheduler.binding;

import org.jspecify.annotations.NullMarked;
