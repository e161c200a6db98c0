/** Where things are: the distribution and the state directory. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.launcher.layout;

import org.jspecify.annotations.NullMarked;
