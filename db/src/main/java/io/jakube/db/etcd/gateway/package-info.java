/** Everything an etcd member answers over HTTP/1.1 besides the version 2 API: the JSON form of version 3, version, health and metrics. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.etcd.gateway;

import org.jspecify.annotations.NullMarked;
