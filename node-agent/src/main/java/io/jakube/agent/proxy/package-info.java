/**
 * The service proxy: Services and EndpointSlices become a model of {@link io.jakube.agent.proxy.ServicePort}s, which a
 * {@link io.jakube.agent.proxy.ProxyBackend} programs into the kernel. Everything is non-null unless annotated.
 */
@NullMarked
package io.jakube.agent.proxy;

import org.jspecify.annotations.NullMarked;
