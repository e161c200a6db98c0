/** Strategies of {@code batch}. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.registry.batch;

import org.jspecify.annotations.NullMarked;
