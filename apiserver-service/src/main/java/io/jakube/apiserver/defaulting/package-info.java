/** Defaults beyond the schema's, by type. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.defaulting;

import org.jspecify.annotations.NullMarked;
