/** Objects in the key-value store. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.storage;

import org.jspecify.annotations.NullMarked;
