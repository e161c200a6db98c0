/** Policies that change or refuse an object before it is stored. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.admission;

import org.jspecify.annotations.NullMarked;
