/** Leader election over Lease objects. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.leaderelection;

import org.jspecify.annotations.NullMarked;
