/** Connections to nodes: their addresses, their names, the API server's certificate. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.streaming.node;

import org.jspecify.annotations.NullMarked;
