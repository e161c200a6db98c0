/** The {@code jakube} command. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.launcher;

import org.jspecify.annotations.NullMarked;
