/** The parts of a cluster on this host. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.launcher.component;

import org.jspecify.annotations.NullMarked;
