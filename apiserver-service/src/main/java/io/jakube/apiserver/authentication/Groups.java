package io.jakube.apiserver.authentication;

/** Names of users and groups with a meaning of their own (Kubernetes documentation, "Authenticating"). */
final class Groups {
    static final String AUTHENTICATED = "system:authenticated";
    static final String UNAUTHENTICATED = "system:unauthenticated";
    static final String SERVICE_ACCOUNTS = "system:serviceaccounts";
    static final String BOOTSTRAPPERS = "system:bootstrappers";

    /** Key of the attribute that tells which credential was used (KEP-4193). */
    static final String CREDENTIAL_ID = "authentication.kubernetes.io/credential-id";

    private Groups() {}
}
