package io.jakube.common.pki;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;

/**
 * Who a client certificate speaks for: the common name is the user, each organization a group
 * (Kubernetes documentation, "Authenticating", X509 client certificates).
 *
 * @param user user name, not empty
 * @param groups groups in certificate order
 */
public record Identity(String user, List<String> groups) {
    /** The cluster's administrator, member of the superuser group. */
    public static final Identity ADMIN = new Identity("kubernetes-admin", List.of("system:masters"));

    public static final Identity SCHEDULER = new Identity("system:kube-scheduler", List.of());
    public static final Identity CONTROLLER_MANAGER = new Identity("system:kube-controller-manager", List.of());

    /** How API servers present themselves to node agents; bootstrap binds it to the role {@code system:kubelet-api-admin}. */
    public static final Identity KUBELET_CLIENT = new Identity("kube-apiserver-kubelet-client", List.of());

    /** Who looks after the etcd front; named as kubeadm does. */
    public static final Identity ETCD_CLIENT = new Identity("kube-etcd-healthcheck-client", List.of());

    public Identity {
        requireNonNull(user, "user is null");
        groups = List.copyOf(groups);
        if (user.isEmpty()) {
            throw new IllegalArgumentException("user is empty");
        }
    }

    /** A node agent. */
    public static Identity node(String nodeName) {
        return new Identity("system:node:" + requireNonNull(nodeName, "nodeName is null"), List.of("system:nodes"));
    }

    X500Name subject() {
        X500NameBuilder name = new X500NameBuilder(BCStyle.INSTANCE);
        groups.forEach(group -> name.addRDN(BCStyle.O, group));
        return name.addRDN(BCStyle.CN, user).build();
    }
}
