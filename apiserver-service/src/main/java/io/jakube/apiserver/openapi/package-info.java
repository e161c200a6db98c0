/** OpenAPI documents. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.openapi;

import org.jspecify.annotations.NullMarked;
