/** Exec, attach, port-forward, logs and proxy to nodes and pods. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.streaming;

import org.jspecify.annotations.NullMarked;
