/** One port for gRPC and HTTP/1.1, with or without TLS. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.etcd.transport;

import org.jspecify.annotations.NullMarked;
