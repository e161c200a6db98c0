/** What became of an object: who changed what, when. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.db.history;

import org.jspecify.annotations.NullMarked;
