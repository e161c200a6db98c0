/** Asking running parts how they are. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.launcher.probe;

import org.jspecify.annotations.NullMarked;
