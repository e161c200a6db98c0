/** Job: run pods to completion. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.job;

import org.jspecify.annotations.NullMarked;
