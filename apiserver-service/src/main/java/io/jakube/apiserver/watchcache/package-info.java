/** In-memory copies of resources that answer lists and watches. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.watchcache;

import org.jspecify.annotations.NullMarked;
