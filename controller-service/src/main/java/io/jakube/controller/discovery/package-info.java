/** What resources the API server serves. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.discovery;

import org.jspecify.annotations.NullMarked;
