/** Filters and scores, named as upstream names them. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.scheduler.plugins;

import org.jspecify.annotations.NullMarked;
