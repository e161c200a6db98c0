package io.jakube.apiserver.http;

import io.jakube.apiserver.request.RequestContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Takes over requests that ask for a connection upgrade (WebSocket, SPDY). Called in the servlet filter, on a container thread, after
 * authentication, limits and authorization. Thread-safe.
 */
public interface UpgradeHandler {
    /** Whether this handler takes the request; asked in order, the first that does gets it. */
    boolean handles(RequestContext context);

    /**
     * Upgrades the connection, by {@link HttpServletRequest#upgrade} or by passing the request on to a WebSocket endpoint through the chain.
     *
     * @throws io.jakube.common.status.ApiException to refuse; answered as a Status
     */
    void upgrade(RequestContext context, HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException;
}
