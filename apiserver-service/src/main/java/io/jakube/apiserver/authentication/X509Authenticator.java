package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.status.ApiException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.NamingEnumeration;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/**
 * Client certificates: the common name is the user, organizations are the groups. The transport has verified that the cluster's authority
 * signed it; here it must be in its time and made for clients.
 */
final class X509Authenticator implements Authenticator {
    private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
    private static final String ANY_USAGE = "2.5.29.37.0";

    private final Clock clock;

    X509Authenticator(Clock clock) {
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public Optional<UserInfo> authenticate(ApiRequest request) {
        Optional<X509Certificate> certificate = request.clientCertificate();
        return certificate.isEmpty() ? Optional.empty() : Optional.of(identify(certificate.get()));
    }

    private UserInfo identify(X509Certificate certificate) {
        try {
            certificate.checkValidity(Date.from(clock.instant()));
            List<String> usage = certificate.getExtendedKeyUsage();
            if (usage != null && !usage.contains(CLIENT_AUTH) && !usage.contains(ANY_USAGE)) {
                throw ApiException.unauthorized();
            }
            return subject(certificate);
        } catch (CertificateException | InvalidNameException e) {
            throw ApiException.unauthorized();
        } catch (NamingException | GeneralSecurityException e) {
            throw new IllegalStateException("cannot read the certificate's subject", e);
        }
    }

    private static UserInfo subject(X509Certificate certificate) throws NamingException, GeneralSecurityException {
        String name = "";
        List<String> groups = new ArrayList<>(2);
        for (Rdn rdn : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
            NamingEnumeration<? extends Attribute> attributes = rdn.toAttributes().getAll();
            while (attributes.hasMore()) {
                Attribute attribute = attributes.next();
                switch (attribute.getID()) {
                    case "CN" -> name = attribute.get().toString();
                    case "O" -> groups.add(attribute.get().toString());
                    default -> { }
                }
            }
        }
        if (name.isEmpty()) {
            throw ApiException.unauthorized();
        }
        String fingerprint = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        return new UserInfo(name, "", groups, Map.of(Groups.CREDENTIAL_ID, List.of("X509SHA256=" + fingerprint)));
    }
}
