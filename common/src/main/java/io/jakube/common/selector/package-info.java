/** Label and field selectors. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.selector;

import org.jspecify.annotations.NullMarked;
