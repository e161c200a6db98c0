/** Deployment: roll templates out over replica sets. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.deployment;

import org.jspecify.annotations.NullMarked;
