/**
 * The store on PostgreSQL. A write flows {@code WriteQueue > GroupCommitWriter > kv_commit}; a change flows {@code LogReader > Feed > Watch}.
 * Everything is non-null unless annotated.
 */
@NullMarked
package io.jakube.db.postgres;

import org.jspecify.annotations.NullMarked;
