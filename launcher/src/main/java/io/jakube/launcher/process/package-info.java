/** Starting, finding and stopping long-running processes. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.launcher.process;

import org.jspecify.annotations.NullMarked;
