/** Container logs. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.streaming.logs;

import org.jspecify.annotations.NullMarked;
