/** Watches over WebSocket. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.streaming.watch;

import org.jspecify.annotations.NullMarked;
