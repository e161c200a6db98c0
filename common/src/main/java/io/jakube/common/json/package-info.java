/** The one Jackson configuration of the project. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.json;

import org.jspecify.annotations.NullMarked;
