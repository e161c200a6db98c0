/** Connections taken over from the servlet container. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.streaming.upgrade;

import org.jspecify.annotations.NullMarked;
