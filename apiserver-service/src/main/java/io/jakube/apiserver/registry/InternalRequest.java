package io.jakube.apiserver.registry;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.api.GroupResource;
import java.io.InputStream;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stands where the server itself writes and no client has asked. */
final class InternalRequest implements ApiRequest {
    private static final UserInfo SERVER = new UserInfo("system:apiserver", "", List.of("system:masters", "system:authenticated"), Map.of());

    static RequestContext context(String verb, GroupResource resource, String namespace, String name) {
        RequestInfo info = new RequestInfo(true, verb, "", resource.group(), "", namespace, resource.resource(), "", name, "");
        return new RequestContext(new InternalRequest(), info, SERVER, "");
    }

    @Override
    public String method() {
        return "";
    }

    @Override
    public String path() {
        return "";
    }

    @Override
    public Map<String, List<String>> query() {
        return Map.of();
    }

    @Override
    public List<String> headers(String name) {
        return List.of();
    }

    @Override
    public List<String> headerNames() {
        return List.of();
    }

    @Override
    public Optional<X509Certificate> clientCertificate() {
        return Optional.empty();
    }

    @Override
    public String remoteAddress() {
        return "";
    }

    @Override
    public InputStream body() {
        return InputStream.nullInputStream();
    }
}
