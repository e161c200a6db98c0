/** The scheduler and how it is put together. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.scheduler;

import org.jspecify.annotations.NullMarked;
