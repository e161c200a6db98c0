/** What a request is, in API terms. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.request;

import org.jspecify.annotations.NullMarked;
