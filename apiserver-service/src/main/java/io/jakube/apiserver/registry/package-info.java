/** The verbs of a resource and what is particular to each type. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.registry;

import org.jspecify.annotations.NullMarked;
