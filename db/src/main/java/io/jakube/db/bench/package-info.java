/** Measures a store; works over any implementation of the interface. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.bench;

import org.jspecify.annotations.NullMarked;
