/** All strategies and subresources, for the composition root. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.registry.catalog;

import org.jspecify.annotations.NullMarked;
