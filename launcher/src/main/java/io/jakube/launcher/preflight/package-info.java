/** What must be true of the host before anything is started. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.launcher.preflight;

import org.jspecify.annotations.NullMarked;
