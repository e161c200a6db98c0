/** Event objects that tell people what components did. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.events;

import org.jspecify.annotations.NullMarked;
