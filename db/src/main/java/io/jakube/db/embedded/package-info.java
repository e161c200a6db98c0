/** A PostgreSQL server of our own: unpacked, initialised, started, found again and stopped. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.embedded;

import org.jspecify.annotations.NullMarked;
