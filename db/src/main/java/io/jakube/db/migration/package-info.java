/** The database schema and its versions. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.migration;

import org.jspecify.annotations.NullMarked;
