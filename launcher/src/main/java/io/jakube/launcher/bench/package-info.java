/** Measurements of a running cluster. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.launcher.bench;

import org.jspecify.annotations.NullMarked;
