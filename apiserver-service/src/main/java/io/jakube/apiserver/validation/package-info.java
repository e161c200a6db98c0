/** Validation rules by type. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.validation;

import org.jspecify.annotations.NullMarked;
