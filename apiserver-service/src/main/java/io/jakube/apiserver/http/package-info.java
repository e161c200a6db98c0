/** Transport: JAX-RS resource, filters, negotiation, response writing. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.apiserver.http;

import org.jspecify.annotations.NullMarked;
