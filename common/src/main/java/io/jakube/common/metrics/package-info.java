/** Counting, and Prometheus' text format. */
@NullMarked
package io.jakube.common.metrics;

import org.jspecify.annotations.NullMarked;
