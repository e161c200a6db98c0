/** What controllers of pods share: ownership, readiness, templates, ranking. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.pods;

import org.jspecify.annotations.NullMarked;
