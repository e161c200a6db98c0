/**
 * etcd's API, version 2: a tree of directories and values over HTTP. A node is a key of the store out of sight of version 3; each change also writes one key
 * that says what happened, so that the store's history of that key is what watches are served from. An index of version 2 is a revision. Everything is non-null
 * unless annotated.
 */
@NullMarked
package io.jakube.db.etcd.v2;

import org.jspecify.annotations.NullMarked;
