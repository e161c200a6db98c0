/** PodDisruptionBudget: how many pods may be evicted now. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.disruption;

import org.jspecify.annotations.NullMarked;
