/** Backups of the store, which are etcd snapshots in shape, and their restoration. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.backup;

import org.jspecify.annotations.NullMarked;
