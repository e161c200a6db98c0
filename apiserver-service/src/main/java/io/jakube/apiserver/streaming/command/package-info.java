/** Exec and attach: a command's streams between a client's protocol and the node's. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.streaming.command;

import org.jspecify.annotations.NullMarked;
