/** The tables as Hibernate sees them, for leases, compaction and administration. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.mapping;

import org.jspecify.annotations.NullMarked;
