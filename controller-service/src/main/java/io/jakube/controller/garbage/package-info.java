/** Garbage collection: dependents follow their owners. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.garbage;

import org.jspecify.annotations.NullMarked;
