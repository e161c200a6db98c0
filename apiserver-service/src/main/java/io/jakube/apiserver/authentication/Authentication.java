package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.admission.AdmissionPlugin;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.registry.PostHandler.Posting;
import io.jakube.apiserver.registry.SubresourceHandler;
import java.time.Clock;
import java.util.List;

/** The server's authentication, put together: client certificates, service-account tokens, bootstrap tokens, anonymous. */
public final class Authentication {
    private final ObjectStore store;
    private final ServiceAccountTokens tokens;
    private final List<String> audiences;
    private final BearerAuthenticator bearer;
    private final Authenticator authenticator;

    private Authentication(ObjectStore store, ServiceAccountKeys keys, String issuer, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.tokens = new ServiceAccountTokens(keys, issuer, clock);
        this.audiences = List.of(issuer);
        this.bearer = new BearerAuthenticator(List.of(new ServiceAccountAuthenticator(tokens, store), new BootstrapTokenAuthenticator(store, clock)), audiences, clock);
        this.authenticator = new AuthenticationChain(List.of(new X509Authenticator(clock), bearer));
    }

    /** @param issuer of service-account tokens, a URL; also their audience where none is asked for */
    public static Authentication create(ObjectStore store, ServiceAccountKeys keys, String issuer, Clock clock) {
        return new Authentication(store, keys, issuer, clock);
    }

    /** Never answers empty: a request without a credential is anonymous, others are {@code system:authenticated}. */
    public Authenticator authenticator() {
        return authenticator;
    }

    /** Fills secrets that are made to hold a token. @param authorityPem certificate of the cluster's authority */
    public AdmissionPlugin tokenSecrets(String authorityPem) {
        return new TokenSecrets(tokens, store, authorityPem);
    }

    ServiceAccountTokens tokens() {
        return tokens;
    }

    /** {@code serviceaccounts/token}, {@code tokenreviews}, {@code selfsubjectreviews}. */
    public List<SubresourceHandler> handlers(Posting posting) {
        return List.of(
                new TokenRequestHandler(tokens, store, posting),
                new TokenReviewHandler(bearer, audiences, posting),
                new SelfSubjectReviewHandler(posting, tokens.clock()));
    }

    /** The issuer's public documents. */
    public OidcDiscovery discovery() {
        return new OidcDiscovery(tokens.keys(), tokens.issuer());
    }
}
