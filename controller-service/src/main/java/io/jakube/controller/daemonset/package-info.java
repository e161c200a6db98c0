/** DaemonSet: a pod on every node that is meant. Everything is non-null unless annotated. */
@NullMarked
package io.jakube.controller.daemonset;

import org.jspecify.annotations.NullMarked;
