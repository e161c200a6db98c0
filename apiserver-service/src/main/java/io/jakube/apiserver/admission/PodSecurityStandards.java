package io.jakube.apiserver.admission;

import static io.jakube.common.json.Fields.flag;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the levels baseline and restricted (Kubernetes documentation, "Pod Security Standards"). Each rule appends to a list what the
 * pod does against it, in upstream's words. Pure functions.
 */
final class PodSecurityStandards {
    /** How much a pod may do. */
    enum Level {
        PRIVILEGED,
        BASELINE,
        RESTRICTED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Level> parse(String label) {
            return Arrays.stream(values()).filter(level -> level.label().equals(label)).findFirst();
        }
    }

    private static final Set<String> BASELINE_CAPABILITIES = Set.of("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE",
            "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT");
    private static final Set<String> SELINUX_TYPES = Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t");
    private static final Set<String> SYSCTLS = Set.of("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start", "net.ipv4.tcp_syncookies",
            "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
            "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem");
    private static final Set<String> RESTRICTED_VOLUMES = Set.of("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret", "image");
    private static final Set<String> SECCOMP = Set.of("RuntimeDefault", "Localhost");
    private static final Set<String> APPARMOR = Set.of("RuntimeDefault", "Localhost");

    private final ObjectNode pod;
    private final @Nullable ObjectNode spec;
    private final List<ObjectNode> containers = new ArrayList<>();
    private final boolean windows;
    /** A pod in its own user namespace may be root and unmask /proc (KEP-127). */
    private final boolean ownUsers;
    private final List<String> found = new ArrayList<>();

    private PodSecurityStandards(ObjectNode pod) {
        this.pod = pod;
        this.spec = object(pod, "spec");
        containers.addAll(items(spec, "initContainers"));
        containers.addAll(items(spec, "containers"));
        containers.addAll(items(spec, "ephemeralContainers"));
        this.windows = text(object(spec, "os"), "name").equals("windows");
        this.ownUsers = has(spec, "hostUsers") && !flag(spec, "hostUsers");
    }

    /** What the pod does against the level; empty if nothing. @param pod a pod or pod template */
    static List<String> violations(Level level, ObjectNode pod) {
        if (level == Level.PRIVILEGED) {
            return List.of();
        }
        PodSecurityStandards check = new PodSecurityStandards(pod);
        check.baseline(level);
        if (level == Level.RESTRICTED) {
            check.restricted();
        }
        return check.found;
    }

    private void baseline(Level level) {
        appArmor();
        if (level == Level.BASELINE) {
            capabilities();
        }
        hostNamespaces();
        if (level == Level.BASELINE) {
            add("hostPath volumes", volumes(volume -> has(volume, "hostPath")));
        }
        hostPorts();
        probeHosts();
        containersWith("privileged", container -> flag(security(container), "privileged"), "must not set securityContext.privileged=true");
        if (level == Level.BASELINE) {
            procMount();
        }
        seLinux();
        if (level == Level.BASELINE) {
            seccomp(false);
        }
        add("forbidden sysctls", String.join(", ", items(object(spec, "securityContext"), "sysctls").stream().map(s -> text(s, "name")).filter(name -> !SYSCTLS.contains(name)).toList()));
        setters("hostProcess", context -> flag(object(context, "windowsOptions"), "hostProcess"), "must not set securityContext.windowsOptions.hostProcess=true");
    }

    private void restricted() {
        if (!windows) {
            containersWith("allowPrivilegeEscalation != false",
                    container -> !has(security(container), "allowPrivilegeEscalation") || flag(security(container), "allowPrivilegeEscalation"), "must set securityContext.allowPrivilegeEscalation=false");
            restrictedCapabilities();
        }
        procMount();
        restrictedVolumes();
        if (!ownUsers) {
            runAsNonRoot();
            setters("runAsUser=0", context -> has(context, "runAsUser") && Fields.integer(context, "runAsUser") == 0, "must not set runAsUser=0");
        }
        if (!windows) {
            seccomp(true);
        }
    }

    private void hostNamespaces() {
        List<String> used = new ArrayList<>();
        for (String field : new String[] {"hostNetwork", "hostPID", "hostIPC"}) {
            if (flag(spec, field)) {
                used.add(field + "=true");
            }
        }
        add("host namespaces", String.join(", ", used));
    }

    private void hostPorts() {
        Set<String> ports = new TreeSet<>();
        List<String> bad = names(container -> {
            List<ObjectNode> using = items(container, "ports").stream().filter(port -> Fields.integer(port, "hostPort") != 0).toList();
            using.forEach(port -> ports.add(String.valueOf(Fields.integer(port, "hostPort"))));
            return !using.isEmpty();
        });
        if (!bad.isEmpty()) {
            add("hostPort", containers(bad) + " " + plural(bad.size(), "uses", "use") + " " + plural(ports.size(), "hostPort", "hostPorts") + " " + String.join(", ", ports));
        }
    }

    private void probeHosts() {
        Set<String> hosts = new TreeSet<>();
        List<String> bad = names(container -> {
            Set<String> own = new TreeSet<>();
            for (String probe : new String[] {"livenessProbe", "readinessProbe", "startupProbe"}) {
                host(object(container, probe), own);
            }
            host(object(container, "lifecycle", "postStart"), own);
            host(object(container, "lifecycle", "preStop"), own);
            hosts.addAll(own);
            return !own.isEmpty();
        });
        if (!bad.isEmpty()) {
            add("probe or lifecycle host", containers(bad) + " " + plural(bad.size(), "uses", "use") + " probe or lifecycle " + plural(hosts.size(), "host", "hosts") + " " + quoted(hosts));
        }
    }

    private static void host(@Nullable ObjectNode handler, Set<String> hosts) {
        for (String action : new String[] {"httpGet", "tcpSocket"}) {
            String host = text(object(handler, action), "host");
            if (!host.isEmpty()) {
                hosts.add(host);
            }
        }
    }

    private void capabilities() {
        Set<String> added = new TreeSet<>();
        List<String> bad = names(container -> {
            List<String> own = texts(object(security(container), "capabilities"), "add").stream().filter(name -> !BASELINE_CAPABILITIES.contains(name)).toList();
            added.addAll(own);
            return !own.isEmpty();
        });
        if (!bad.isEmpty()) {
            add("non-default capabilities", containers(bad) + " must not include " + quoted(added) + " in securityContext.capabilities.add");
        }
    }

    private void restrictedCapabilities() {
        List<String> details = new ArrayList<>();
        List<String> keeping = names(container -> !texts(object(security(container), "capabilities"), "drop").contains("ALL"));
        if (!keeping.isEmpty()) {
            details.add(containers(keeping) + " must set securityContext.capabilities.drop=[\"ALL\"]");
        }
        Set<String> added = new TreeSet<>();
        List<String> adding = names(container -> {
            List<String> own = texts(object(security(container), "capabilities"), "add").stream().filter(name -> !name.equals("NET_BIND_SERVICE")).toList();
            added.addAll(own);
            return !own.isEmpty();
        });
        if (!adding.isEmpty()) {
            details.add(containers(adding) + " must not include " + quoted(added) + " in securityContext.capabilities.add");
        }
        add("unrestricted capabilities", String.join("; ", details));
    }

    private void procMount() {
        if (ownUsers) {
            return;
        }
        Set<String> types = new TreeSet<>();
        List<String> bad = names(container -> {
            String type = text(security(container), "procMount");
            if (type.isEmpty() || type.equals("Default")) {
                return false;
            }
            types.add(type);
            return true;
        });
        if (!bad.isEmpty()) {
            add("procMount", containers(bad) + " must not set securityContext.procMount to " + quoted(types));
        }
    }

    private void appArmor() {
        Set<String> values = new TreeSet<>();
        List<String> setters = who(context -> {
            String type = text(object(context, "appArmorProfile"), "type");
            boolean bad = !type.isEmpty() && !APPARMOR.contains(type);
            if (bad) {
                values.add(quote(type));
            }
            return bad;
        });
        List<String> annotations = new ArrayList<>();
        Fields.strings(object(pod, "metadata"), "annotations").forEach((key, value) -> {
            if (key.startsWith("container.apparmor.security.beta.kubernetes.io/") && !value.isEmpty() && !value.equals("runtime/default") && !value.startsWith("localhost/")) {
                annotations.add(key + "=" + quote(value));
            }
        });
        if (!annotations.isEmpty()) {
            setters.add(plural(annotations.size(), "annotation", "annotations"));
            annotations.sort(null);
            values.addAll(annotations);
        }
        if (!setters.isEmpty()) {
            add(plural(values.size(), "forbidden AppArmor profile", "forbidden AppArmor profiles"), String.join(" and ", setters) + " must not set AppArmor profile type to " + String.join(", ", values));
        }
    }

    private void seLinux() {
        Set<String> types = new TreeSet<>();
        boolean[] identity = new boolean[2];
        List<String> setters = who(context -> {
            ObjectNode options = object(context, "seLinuxOptions");
            boolean type = !SELINUX_TYPES.contains(text(options, "type"));
            boolean user = !text(options, "user").isEmpty();
            boolean role = !text(options, "role").isEmpty();
            if (type) {
                types.add(text(options, "type"));
            }
            identity[0] |= user;
            identity[1] |= role;
            return type || user || role;
        });
        if (setters.isEmpty()) {
            return;
        }
        List<String> data = new ArrayList<>();
        if (!types.isEmpty()) {
            data.add(plural(types.size(), "type", "types") + " " + quoted(types));
        }
        if (identity[0]) {
            data.add("user may not be set");
        }
        if (identity[1]) {
            data.add("role may not be set");
        }
        add("seLinuxOptions", String.join(" and ", setters) + " set forbidden securityContext.seLinuxOptions: " + String.join("; ", data));
    }

    private void seccomp(boolean required) {
        Set<String> values = new TreeSet<>();
        List<String> setters = who(context -> {
            String type = text(object(context, "seccompProfile"), "type");
            boolean bad = !type.isEmpty() && !SECCOMP.contains(type);
            if (bad) {
                values.add(type);
            }
            return bad;
        });
        if (!setters.isEmpty()) {
            add("seccompProfile", String.join(" and ", setters) + " must not set securityContext.seccompProfile.type to " + quoted(values));
            return;
        }
        boolean podSet = !text(object(object(spec, "securityContext"), "seccompProfile"), "type").isEmpty();
        List<String> missing = names(container -> text(object(security(container), "seccompProfile"), "type").isEmpty());
        if (required && !podSet && !missing.isEmpty()) {
            add("seccompProfile", "pod or " + containers(missing) + " must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"");
        }
    }

    private void runAsNonRoot() {
        List<String> setters = who(context -> has(context, "runAsNonRoot") && !flag(context, "runAsNonRoot"));
        if (!setters.isEmpty()) {
            add("runAsNonRoot != true", String.join(" and ", setters) + " must not set securityContext.runAsNonRoot=false");
            return;
        }
        List<String> missing = names(container -> !has(security(container), "runAsNonRoot"));
        if (!flag(object(spec, "securityContext"), "runAsNonRoot") && !missing.isEmpty()) {
            add("runAsNonRoot != true", "pod or " + containers(missing) + " must set securityContext.runAsNonRoot=true");
        }
    }

    private void restrictedVolumes() {
        List<String> bad = new ArrayList<>();
        Set<String> types = new TreeSet<>();
        for (ObjectNode volume : items(spec, "volumes")) {
            volume.fieldNames().forEachRemaining(field -> {
                if (!field.equals("name") && !RESTRICTED_VOLUMES.contains(field)) {
                    bad.add(text(volume, "name"));
                    types.add(field);
                }
            });
        }
        if (!bad.isEmpty()) {
            add("restricted volume types", plural(bad.size(), "volume", "volumes") + " " + quoted(bad) + " " + plural(bad.size(), "uses", "use") + " restricted volume "
                    + plural(types.size(), "type", "types") + " " + quoted(types));
        }
    }

    private String volumes(Predicate<ObjectNode> bad) {
        List<String> names = items(spec, "volumes").stream().filter(bad).map(volume -> text(volume, "name")).toList();
        return names.isEmpty() ? "" : plural(names.size(), "volume", "volumes") + " " + quoted(names);
    }

    private void containersWith(String reason, Predicate<ObjectNode> bad, String must) {
        List<String> names = names(bad);
        add(reason, names.isEmpty() ? "" : containers(names) + " " + must);
    }

    private void setters(String reason, Predicate<@Nullable ObjectNode> bad, String must) {
        List<String> setters = who(bad);
        add(reason, setters.isEmpty() ? "" : String.join(" and ", setters) + " " + must);
    }

    /** The pod and the containers whose security context is bad, as texts. */
    private List<String> who(Predicate<@Nullable ObjectNode> bad) {
        List<String> setters = new ArrayList<>();
        if (bad.test(object(spec, "securityContext"))) {
            setters.add("pod");
        }
        List<String> names = names(container -> bad.test(security(container)));
        if (!names.isEmpty()) {
            setters.add(containers(names));
        }
        return setters;
    }

    private void add(String reason, String detail) {
        if (!detail.isEmpty()) {
            found.add(reason + " (" + detail + ")");
        }
    }

    private List<String> names(Predicate<ObjectNode> bad) {
        return containers.stream().filter(bad).map(container -> text(container, "name")).collect(Collectors.toCollection(ArrayList::new));
    }

    private static @Nullable ObjectNode security(ObjectNode container) {
        return object(container, "securityContext");
    }

    private static String containers(List<String> names) {
        return plural(names.size(), "container", "containers") + " " + quoted(names);
    }

    private static String plural(int count, String one, String many) {
        return count == 1 ? one : many;
    }

    private static String quoted(Collection<String> values) {
        return values.stream().map(PodSecurityStandards::quote).collect(Collectors.joining(", "));
    }

    private static String quote(String value) {
        return "\"" + value + "\"";
    }
}
