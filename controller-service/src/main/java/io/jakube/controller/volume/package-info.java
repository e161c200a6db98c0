/** Binding of persistent volumes and claims. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.volume;

import org.jspecify.annotations.NullMarked;
