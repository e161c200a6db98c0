/** The node agent: kubelet, service proxy and cluster DNS in one process. */
@NullMarked
package io.jakube.agent;

import org.jspecify.annotations.NullMarked;
