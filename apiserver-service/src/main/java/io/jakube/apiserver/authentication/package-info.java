/** Who is asking. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.authentication;

import org.jspecify.annotations.NullMarked;
