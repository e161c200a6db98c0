/** Patches: JSON patch, merge patch, strategic merge patch and server-side apply. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.merge;

import org.jspecify.annotations.NullMarked;
