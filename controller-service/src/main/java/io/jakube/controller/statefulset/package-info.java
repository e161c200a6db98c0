/** StatefulSet: pods with identity and storage, in order. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.statefulset;

import org.jspecify.annotations.NullMarked;
