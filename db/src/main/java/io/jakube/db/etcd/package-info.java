/** The store as an etcd member: etcd's wire protocols over a {@link io.jakube.db.KeyValueStore}. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.etcd;

import org.jspecify.annotations.NullMarked;
