/** De-duplicating, rate-limited queues of keys to reconcile. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.common.workqueue;

import org.jspecify.annotations.NullMarked;
