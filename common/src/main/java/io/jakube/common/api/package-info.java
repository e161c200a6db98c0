/** Names of API things: group, version, kind, resource, and the registry of what the API serves. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.api;

import org.jspecify.annotations.NullMarked;
