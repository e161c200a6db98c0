/**
 * The fault run: processes that write, read and watch one database while faults are injected, and a check of named invariants over the histories they record.
 * Everything is non-null unless annotated.
 */
@NullMarked
package io.jakube.db.chaos;

import org.jspecify.annotations.NullMarked;
