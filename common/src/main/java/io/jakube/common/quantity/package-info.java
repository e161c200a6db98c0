/** Amounts with SI and binary suffixes. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.quantity;

import org.jspecify.annotations.NullMarked;
