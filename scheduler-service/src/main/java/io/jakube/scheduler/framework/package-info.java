/** The extension points a scheduling decision is made of. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.scheduler.framework;

import org.jspecify.annotations.NullMarked;
