/** Table rendering for human readers of lists. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.table;

import org.jspecify.annotations.NullMarked;
