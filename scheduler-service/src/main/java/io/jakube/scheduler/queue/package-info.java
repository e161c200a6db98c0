/** Pods that wait: active, backing off, unschedulable. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.scheduler.queue;

import org.jspecify.annotations.NullMarked;
