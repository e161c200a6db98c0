/** ControllerRevisions: the past templates of daemon sets and stateful sets. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.history;

import org.jspecify.annotations.NullMarked;
