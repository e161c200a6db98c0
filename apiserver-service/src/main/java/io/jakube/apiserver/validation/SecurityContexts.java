package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.flag;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Security contexts of pods and containers. */
final class SecurityContexts {
    private static final Pattern SYSCTL = Pattern.compile("([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?");

    private SecurityContexts() {}

    static void pod(ObjectNode spec, FieldPath specPath, Errors errors) {
        if (flag(spec, "shareProcessNamespace") && flag(spec, "hostPID")) {
            errors.invalid(specPath.child("shareProcessNamespace"), true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }
        ObjectNode context = object(spec, "securityContext");
        if (context == null) {
            return;
        }
        FieldPath path = specPath.child("securityContext");
        for (String id : new String[] {"fsGroup", "runAsUser", "runAsGroup"}) {
            Formats.id(path, context, id, errors);
        }
        if (context.get("supplementalGroups") instanceof ArrayNode groups) {
            for (int i = 0; i < groups.size(); i++) {
                errors.inRange(path.child("supplementalGroups").index(i), groups.get(i).longValue(), 0, Integer.MAX_VALUE);
            }
        }
        sysctls(spec, context, path.child("sysctls"), errors);
        Formats.optionalOneOf(path.child("fsGroupChangePolicy"), text(context, "fsGroupChangePolicy"), errors, "Always", "OnRootMismatch");
        Formats.optionalOneOf(path.child("supplementalGroupsPolicy"), text(context, "supplementalGroupsPolicy"), errors, "Merge", "Strict");
        profile(object(context, "seccompProfile"), path.child("seccompProfile"), errors);
        profile(object(context, "appArmorProfile"), path.child("appArmorProfile"), errors);
        if (has(spec, "hostUsers") && !flag(spec, "hostUsers")) {
            for (String namespace : new String[] {"hostNetwork", "hostPID", "hostIPC"}) {
                if (flag(spec, namespace)) {
                    errors.forbidden(specPath.child(namespace.equals("hostNetwork") ? namespace : namespace.replace("host", "Host")), "when `pod.Spec.HostUsers` is false");
                }
            }
        }
    }

    private static void sysctls(ObjectNode spec, ObjectNode context, FieldPath path, Errors errors) {
        Set<String> names = new HashSet<>();
        List<ObjectNode> sysctls = items(context, "sysctls");
        for (int i = 0; i < sysctls.size(); i++) {
            String name = text(sysctls.get(i), "name");
            FieldPath at = path.index(i).child("name");
            if (name.isEmpty()) {
                errors.required(at, "");
            } else if (name.length() > Names.MAX_SUBDOMAIN || !SYSCTL.matcher(name).matches()) {
                errors.invalid(at, name, "must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$");
            } else if (!names.add(name)) {
                errors.duplicate(at, name);
            }
            if (flag(spec, "hostNetwork") && name.replace('/', '.').startsWith("net.")) {
                errors.invalid(at, name, "may not be specified when 'hostNetwork' is true");
            }
            if (flag(spec, "hostIPC") && (name.startsWith("kernel.shm") || name.startsWith("kernel.msg") || name.equals("kernel.sem") || name.startsWith("fs.mqueue."))) {
                errors.invalid(at, name, "may not be specified when 'hostIPC' is true");
            }
        }
    }

    static void container(@Nullable ObjectNode context, FieldPath path, Errors errors) {
        if (context == null) {
            return;
        }
        Formats.id(path, context, "runAsUser", errors);
        Formats.id(path, context, "runAsGroup", errors);
        Formats.optionalOneOf(path.child("procMount"), text(context, "procMount"), errors, "Default", "Unmasked");
        profile(object(context, "seccompProfile"), path.child("seccompProfile"), errors);
        profile(object(context, "appArmorProfile"), path.child("appArmorProfile"), errors);
        if (has(context, "allowPrivilegeEscalation") && !flag(context, "allowPrivilegeEscalation")) {
            if (flag(context, "privileged")) {
                errors.invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
            }
            if (texts(object(context, "capabilities"), "add").contains("CAP_SYS_ADMIN")) {
                errors.invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
            }
        }
    }

    private static void profile(@Nullable ObjectNode profile, FieldPath path, Errors errors) {
        if (profile == null) {
            return;
        }
        String type = text(profile, "type");
        String local = text(profile, "localhostProfile");
        Formats.oneOf(path.child("type"), type, errors, "Localhost", "RuntimeDefault", "Unconfined");
        if (type.equals("Localhost")) {
            if (!has(profile, "localhostProfile")) {
                errors.required(path.child("localhostProfile"), "must be set when " + (path.toString().contains("seccomp") ? "seccomp" : "AppArmor") + " type is Localhost");
            } else if (path.toString().endsWith("seccompProfile")) {
                Formats.localPath(path.child("localhostProfile"), local, errors);
            }
        } else if (has(profile, "localhostProfile")) {
            errors.invalid(path.child("localhostProfile"), local, "can only be set when " + (path.toString().contains("seccomp") ? "seccomp" : "AppArmor") + " type is Localhost");
        }
    }
}
