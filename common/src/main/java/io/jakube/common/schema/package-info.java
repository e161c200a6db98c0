/** The schema engine: what fields a type has, and everything that follows from it. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.schema;

import org.jspecify.annotations.NullMarked;
