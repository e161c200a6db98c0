/** The informer source inside the control plane: objects straight from the store. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.informer;

import org.jspecify.annotations.NullMarked;
