/** API errors: what the server answers with a {@code meta/v1 Status}. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.status;

import org.jspecify.annotations.NullMarked;
