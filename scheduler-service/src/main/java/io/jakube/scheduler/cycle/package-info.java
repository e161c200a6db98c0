/** One scheduling decision: a pure function of a snapshot and a pod. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.scheduler.cycle;

import org.jspecify.annotations.NullMarked;
