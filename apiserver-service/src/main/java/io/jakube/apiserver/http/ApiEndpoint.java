package io.jakube.apiserver.http;

import io.jakube.apiserver.ApiServer;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.common.status.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;

/**
 * Every path and method of the API. The container's thread reads the request; a virtual thread works on it, so that waiting for the
 * database or for permission costs no container thread; a stream is written by that virtual thread until it ends.
 */
@Path("{path: .*}")
public class ApiEndpoint {
    @GET
    public void get(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response);
    }

    @HEAD
    public void head(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response);
    }

    @POST
    public void post(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response);
    }

    @PUT
    public void put(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response);
    }

    @PATCH
    public void patch(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response);
    }

    @DELETE
    public void delete(@Context HttpServletRequest request, @Suspended AsyncResponse response) {
        answer(request, response);
    }

    private static void answer(HttpServletRequest injected, AsyncResponse response) {
        HttpServletRequest request = (HttpServletRequest) injected.getAttribute(TransportFilter.REQUEST);
        HttpServletResponse raw = (HttpServletResponse) injected.getAttribute(TransportFilter.RESPONSE);
        ApiServer server = ServerLifecycle.serverOf(request.getServletContext());
        ApiRequest read;
        try {
            read = ServletApiRequest.withBody(request);
        } catch (ApiException e) {
            response.resume(complete((ApiResponse.Complete) RequestPipeline.failure(e)));
            return;
        }
        ServletStream lasting = new ServletStream(request, raw, server::closing);
        Thread.ofVirtual().name("request").start(() -> {
            switch (server.handle(read)) {
                case ApiResponse.Complete complete -> response.resume(complete(complete));
                case ApiResponse.Streaming stream -> lasting.write(stream);
            }
        });
    }

    private static Response complete(ApiResponse.Complete answer) {
        Response.ResponseBuilder builder = Response.status(answer.status()).entity(answer.body()).header("Content-Type", answer.contentType());
        answer.headers().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        return builder.build();
    }
}
