/** Composition of the API server: its configuration, what is plugged into it, and the wiring of its parts. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver;

import org.jspecify.annotations.NullMarked;
