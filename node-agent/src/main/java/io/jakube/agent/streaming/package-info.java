/** Exec, attach and port-forward between WebSocket clients and the runtime's streaming server. */
@NullMarked
package io.jakube.agent.streaming;

import org.jspecify.annotations.NullMarked;
