/** Protocols on a byte stream: HTTP/1.1 as a client, WebSocket, SPDY/3.1; all blocking, for virtual threads. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.streaming.wire;

import org.jspecify.annotations.NullMarked;
