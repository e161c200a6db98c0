/** Tests of the service proxy; those named IT use real iptables in network namespaces of their own. */
@NullMarked
package io.jakube.agent.proxy;

import org.jspecify.annotations.NullMarked;
