/** The container runtime as the agent sees it: the interface, and its implementation over CRI gRPC. */
@NullMarked
package io.jakube.agent.cri;

import org.jspecify.annotations.NullMarked;
