/** Immutable picture of nodes and the pods on them. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.scheduler.snapshot;

import org.jspecify.annotations.NullMarked;
