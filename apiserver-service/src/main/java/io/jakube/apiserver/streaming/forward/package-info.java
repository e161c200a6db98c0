/** Port-forward: many connections of a client, each joined to one of the node's. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.streaming.forward;

import org.jspecify.annotations.NullMarked;
