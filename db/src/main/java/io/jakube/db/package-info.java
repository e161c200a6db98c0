/** The key-value store: its contract. Implementations live in the packages below. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db;

import org.jspecify.annotations.NullMarked;
