package io.jakube.apiserver.http;

import io.jakube.apiserver.ApiServer;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.status.ApiException;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.annotation.WebFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands before JAX-RS: hands connection upgrades to those who handle them, and hides from JAX-RS the headers it would negotiate by, since
 * negotiation is the API's own business and its failures must be Status objects.
 */
@WebFilter(urlPatterns = "/*", asyncSupported = true)
public final class TransportFilter implements Filter {
    private static final Logger LOG = LoggerFactory.getLogger(TransportFilter.class);
    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE");
    static final String REQUEST = TransportFilter.class.getName() + ".request";
    static final String RESPONSE = TransportFilter.class.getName() + ".response";

    @Override
    public void doFilter(ServletRequest servletRequest, ServletResponse servletResponse, FilterChain chain) throws IOException, ServletException {
        HttpServletRequest request = (HttpServletRequest) servletRequest;
        HttpServletResponse response = (HttpServletResponse) servletResponse;
        if (!METHODS.contains(request.getMethod())) {
            answer(response, ApiException.methodNotAllowed());
            return;
        }
        if (request.getHeader("Upgrade") != null && mentionsUpgrade(request) && upgrade(request, response, chain)) {
            return;
        }
        request.setAttribute(REQUEST, request);
        request.setAttribute(RESPONSE, response);
        chain.doFilter(new PlainRequest(request), response);
    }

    private static boolean mentionsUpgrade(HttpServletRequest request) {
        return Collections.list(request.getHeaders("Connection")).stream().anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("upgrade"));
    }

    /** @return whether the request has been taken care of; where nobody upgrades, it is answered as if it had not asked (RFC 9110 §7.8) */
    private static boolean upgrade(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
        ApiServer server = ServerLifecycle.serverOf(request.getServletContext());
        try {
            RequestContext context = server.pipeline().admit(ServletApiRequest.withoutBody(request));
            Optional<UpgradeHandler> handler = server.upgrades().stream().filter(h -> h.handles(context)).findFirst();
            if (handler.isEmpty()) {
                return false;
            }
            handler.get().upgrade(context, request, response, chain);
        } catch (ApiException e) {
            answer(response, e);
        } catch (RuntimeException e) {
            LOG.error("the upgrade of {} {} failed", request.getMethod(), request.getRequestURI(), e);
            answer(response, ApiException.internal("the server met an unexpected fault"));
        }
        return true;
    }

    private static void answer(HttpServletResponse response, ApiException failure) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        ApiResponse.Complete body = (ApiResponse.Complete) RequestPipeline.failure(failure);
        response.setStatus(body.status());
        response.setContentType(body.contentType());
        body.headers().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        response.setContentLength(body.body().length);
        response.getOutputStream().write(body.body());
    }

    /** What JAX-RS sees: any type is welcome, any type was sent. */
    private static final class PlainRequest extends HttpServletRequestWrapper {
        PlainRequest(HttpServletRequest request) {
            super(request);
        }

        private static boolean hidden(String name) {
            return name.equalsIgnoreCase("Accept") || name.equalsIgnoreCase("Content-Type") || name.equalsIgnoreCase("Accept-Language") || name.equalsIgnoreCase("Accept-Charset")
                    || name.equalsIgnoreCase("Cookie");
        }

        private static String replacement(String name) {
            return name.equalsIgnoreCase("Accept") ? "*/*" : name.equalsIgnoreCase("Content-Type") ? "application/octet-stream" : null;
        }

        @Override
        public String getHeader(String name) {
            return hidden(name) ? replacement(name) : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            if (!hidden(name)) {
                return super.getHeaders(name);
            }
            String value = replacement(name);
            return value == null ? Collections.emptyEnumeration() : Collections.enumeration(Set.of(value));
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            return Collections.enumeration(Collections.list(super.getHeaderNames()).stream().filter(name -> !hidden(name) || replacement(name) != null).toList());
        }

        @Override
        public String getContentType() {
            return "application/octet-stream";
        }
    }
}
