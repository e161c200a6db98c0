/** etcd's API, version 3: its services, each a list of methods that know nothing of the transport. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.etcd.v3;

import org.jspecify.annotations.NullMarked;
