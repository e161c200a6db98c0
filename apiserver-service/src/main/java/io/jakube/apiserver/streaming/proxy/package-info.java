/** HTTP passed on to pods, services and nodes. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.streaming.proxy;

import org.jspecify.annotations.NullMarked;
