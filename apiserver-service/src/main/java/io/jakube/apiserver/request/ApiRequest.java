package io.jakube.apiserver.request;

import java.io.IOException;
import java.io.InputStream;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request as the transport hands it over. Implementations are confined to the request's thread. */
public interface ApiRequest {
    /** Upper-case HTTP method. */
    String method();

    /** Decoded, normalised path, starting with a slash. */
    String path();

    /** Decoded query parameters in order of appearance. */
    Map<String, List<String>> query();

    /** First value of a query parameter. */
    default Optional<String> queryParameter(String name) {
        List<String> values = query().get(name);
        return values == null || values.isEmpty() ? Optional.empty() : Optional.of(values.getFirst());
    }

    /** All values of a header, name case-insensitive; empty if absent. */
    List<String> headers(String name);

    default Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** All header names, as sent. */
    List<String> headerNames();

    /** The verified client certificate, if the client presented one. */
    Optional<X509Certificate> clientCertificate();

    /** The peer's IP address. */
    String remoteAddress();

    /** The body; may be read once. */
    InputStream body() throws IOException;
}
