package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.authorization.Authorizer;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.common.json.Fields;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/** Plugins for certificate signing requests (Kubernetes documentation, "Certificates and Certificate Signing Requests"). */
final class CertificateAdmission {
    private static final String GROUP = "certificates.k8s.io";

    private CertificateAdmission() {}

    /** Whoever approves or signs must hold the verb on the request's signer. */
    static final class SignerRight implements AdmissionPlugin {
        private final String name;
        private final String subresource;
        private final String verb;
        private final Authorizer authorizer;

        private SignerRight(String name, String subresource, String verb, Authorizer authorizer) {
            this.name = name;
            this.subresource = subresource;
            this.verb = verb;
            this.authorizer = requireNonNull(authorizer, "authorizer is null");
        }

        static AdmissionPlugin approval(Authorizer authorizer) {
            return new SignerRight("CertificateApproval", "approval", "approve", authorizer);
        }

        static AdmissionPlugin signing(Authorizer authorizer) {
            return new SignerRight("CertificateSigning", "status", "sign", authorizer);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public void validate(AdmissionRequest request) {
            ObjectNode old = request.oldObject();
            ObjectNode object = request.object();
            if (old == null || object == null || request.operation() != Operation.UPDATE || !request.subresource().equals(subresource)
                    || !request.resource().gvk().group().equals(GROUP) || !request.resource().plural().equals("certificatesigningrequests")) {
                return;
            }
            if (verb.equals("sign") && same(old, object, "certificate") && same(old, object, "conditions")) {
                return;
            }
            String signer = Fields.text(old, "spec", "signerName");
            int slash = signer.indexOf('/');
            String wildcard = slash < 0 ? signer : signer.substring(0, slash) + "/*";
            if (!may(request, signer) && !may(request, wildcard)) {
                throw Refuse.forbidden(request, "user not permitted to " + verb + " requests with signerName \"" + signer + "\"");
            }
        }

        private static boolean same(ObjectNode old, ObjectNode object, String field) {
            return old.path("status").path(field).equals(object.path("status").path(field));
        }

        private boolean may(AdmissionRequest request, String signer) {
            return authorizer.authorize(request.context().user(), new RequestInfo(true, verb, "", GROUP, "*", "", "signers", "", signer, "")).allowed();
        }
    }

    /** Nobody asks for a client certificate of the superusers' group. */
    static final class SubjectRestriction implements AdmissionPlugin {
        @Override
        public String name() {
            return "CertificateSubjectRestriction";
        }

        @Override
        public void validate(AdmissionRequest request) {
            ObjectNode object = request.object();
            if (object == null || request.operation() != Operation.CREATE || !request.isFor(GROUP, "certificatesigningrequests")
                    || !Fields.text(object, "spec", "signerName").equals("kubernetes.io/kube-apiserver-client")) {
                return;
            }
            if (asksForSuperuser(object.path("spec").path("request"))) {
                throw Refuse.forbidden(request, "use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed");
            }
        }

        private static boolean asksForSuperuser(JsonNode request) {
            byte[] pem;
            try {
                pem = Base64.getDecoder().decode(request.asText());
            } catch (IllegalArgumentException e) {
                return false;
            }
            try (PEMParser parser = new PEMParser(new StringReader(new String(pem, StandardCharsets.US_ASCII)))) {
                return parser.readObject() instanceof PKCS10CertificationRequest asked
                        && Arrays.stream(asked.getSubject().getRDNs(BCStyle.O)).map(RDN::getFirst).anyMatch(value -> value.getValue().toString().equals("system:masters"));
            } catch (IOException e) {
                return false;
            }
        }
    }
}
