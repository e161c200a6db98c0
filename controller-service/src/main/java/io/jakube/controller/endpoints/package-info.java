/** Endpoints and EndpointSlices: the pods behind services. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.endpoints;

import org.jspecify.annotations.NullMarked;
