/** Tests of the node's network; those named IT run in network namespaces of their own. */
@NullMarked
package io.jakube.agent.network;

import org.jspecify.annotations.NullMarked;
