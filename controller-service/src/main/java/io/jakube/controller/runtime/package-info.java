/** What all controllers run on: plans of writes, their execution, work loops. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.runtime;

import org.jspecify.annotations.NullMarked;
