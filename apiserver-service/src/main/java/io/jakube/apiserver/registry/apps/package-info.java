/** Strategies of {@code apps}. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.registry.apps;

import org.jspecify.annotations.NullMarked;
