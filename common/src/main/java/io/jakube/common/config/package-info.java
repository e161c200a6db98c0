/** Settings: the keys, where they come from, and what is refused. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.config;

import org.jspecify.annotations.NullMarked;
