/** Strategies and subresources of the core group. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.registry.core;

import org.jspecify.annotations.NullMarked;
