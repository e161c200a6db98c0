package io.jakube.apiserver.openapi;

import io.jakube.apiserver.openapi.ApiPath.Operation;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.api.ResourceDefinition.Subresource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Derives paths, operations and their names from resource definitions, as upstream's installer does. */
final class ApiPaths {
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final String PATCH = META + "Patch";
    private static final String STATUS = META + "Status";
    private static final String DELETE_OPTIONS = META + "DeleteOptions";
    private static final Set<String> CONNECT = Set.of("attach", "exec", "portforward", "proxy");
    /** Kinds whose delete answers with the object. */
    private static final Set<String> DELETE_ANSWERS_OBJECT = Set.of("PersistentVolume", "PersistentVolumeClaim", "Pod", "PodTemplate", "ResourceQuota", "ServiceAccount", "Service", "CSIDriver", "CSINode",
            "StorageClass", "VolumeAttachment", "VolumeAttributesClass", "DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice");
    private static final List<Integer> OK = List.of(200);
    private static final List<Integer> OK_CREATED = List.of(200, 201);
    private static final List<Integer> OK_CREATED_ACCEPTED = List.of(200, 201, 202);

    private final Function<GroupVersionKind, String> definitionName;

    /** @param definitionName definition of a kind, or empty where it has none */
    ApiPaths(Function<GroupVersionKind, String> definitionName) {
        this.definitionName = definitionName;
    }

    /** Definitions the paths of a resource refer to. */
    static Set<String> references(List<ApiPath> paths) {
        Set<String> names = new TreeSet<>();
        for (ApiPath path : paths) {
            for (Operation operation : path.operations()) {
                Stream.of(operation.body(), operation.result()).filter(n -> !n.isEmpty()).forEach(names::add);
            }
        }
        return names;
    }

    List<ApiPath> of(ResourceDefinition resource) {
        List<ApiPath> paths = new ArrayList<>();
        String root = (resource.gvk().group().isEmpty() ? "/api/" : "/apis/") + resource.groupVersion() + "/";
        Naming naming = new Naming(resource);
        String definition = definitionName.apply(resource.gvk());
        GroupVersionKind list = new GroupVersionKind(resource.gvk().group(), resource.gvk().version(), resource.gvk().kind() + "List");
        List<String> verbs = resource.verbs();
        String collection = root + (resource.namespaced() ? "namespaces/{namespace}/" : "") + resource.plural();
        List<Parameter> inNamespace = resource.namespaced() ? List.of(Parameter.NAMESPACE) : List.of();
        if (resource.namespaced() && verbs.contains("list")) {
            paths.add(new ApiPath(root + resource.plural(), List.of(Parameter.PRETTY), List.of(naming.operation("get", "list", "list", naming.kind + "ForAllNamespaces",
                    "list or watch objects of kind " + naming.kind, join(Parameter.WATCH, Parameter.SELECT), "", false, definitionName.apply(list), OK))));
        }
        paths.add(new ApiPath(collection, join(inNamespace, List.of(Parameter.PRETTY)), collection(naming, verbs, definition, definitionName.apply(list))));
        if (verbs.contains("get")) {
            paths.add(new ApiPath(collection + "/{name}", join(List.of(name(naming.kind)), inNamespace, List.of(Parameter.PRETTY)), item(naming, verbs, definition)));
        }
        for (Subresource subresource : resource.subresources()) {
            paths.add(subresource(naming, collection + "/{name}/" + subresource.name(), inNamespace, subresource));
            if (subresource.name().equals("proxy")) {
                ApiPath proxy = subresource(naming.withSuffix("WithPath"), collection + "/{name}/proxy/{path}", inNamespace, subresource);
                paths.add(new ApiPath(proxy.path(), join(proxy.parameters(), List.of(Parameter.path("path", "path to the resource"))), proxy.operations()));
            }
        }
        return paths;
    }

    private static List<Operation> collection(Naming naming, List<String> verbs, String definition, String list) {
        List<Operation> operations = new ArrayList<>();
        if (verbs.contains("list")) {
            operations.add(naming.operation("get", "list", "list", naming.scoped, "list or watch objects of kind " + naming.kind, join(Parameter.WATCH, Parameter.SELECT), "", false, list, OK));
        }
        if (verbs.contains("create")) {
            operations.add(naming.operation("post", "post", "create", naming.scoped, "create " + naming.article(), Parameter.WRITE, definition, true, definition, OK_CREATED_ACCEPTED));
        }
        if (verbs.contains("deletecollection")) {
            operations.add(naming.operation("delete", "deletecollection", "delete", "Collection" + naming.scoped, "delete collection of " + naming.kind,
                    join(Parameter.DELETE, Parameter.SELECT), DELETE_OPTIONS, false, STATUS, OK));
        }
        return operations;
    }

    private static List<Operation> item(Naming naming, List<String> verbs, String definition) {
        List<Operation> operations = new ArrayList<>();
        operations.add(naming.operation("get", "get", "read", naming.scoped, "read the specified " + naming.kind, List.of(), "", false, definition, OK));
        if (verbs.contains("update")) {
            operations.add(naming.operation("put", "put", "replace", naming.scoped, "replace the specified " + naming.kind, Parameter.WRITE, definition, true, definition, OK_CREATED));
        }
        if (verbs.contains("delete")) {
            String result = DELETE_ANSWERS_OBJECT.contains(naming.kind) ? definition : STATUS;
            operations.add(naming.operation("delete", "delete", "delete", naming.scoped, "delete " + naming.article(), Parameter.DELETE, DELETE_OPTIONS, false, result, List.of(200, 202)));
        }
        if (verbs.contains("patch")) {
            operations.add(naming.operation("patch", "patch", "patch", naming.scoped, "partially update the specified " + naming.kind, Parameter.PATCH, PATCH, true, definition, OK_CREATED));
        }
        return operations;
    }

    private ApiPath subresource(Naming naming, String path, List<Parameter> inNamespace, Subresource subresource) {
        String suffix = Naming.capitalised(subresource.name());
        String kindDefinition = definitionName.apply(subresource.gvk());
        Naming of = naming.about(subresource.gvk());
        boolean writes = subresource.verbs().equals(List.of("create")) || subresource.verbs().equals(List.of("update"));
        List<Operation> operations = new ArrayList<>();
        for (String verb : List.of("get", "update", "create", "delete", "patch")) {
            if (!subresource.verbs().contains(verb)) {
                continue;
            }
            if (CONNECT.contains(subresource.name())) {
                operations.addAll(connect(of, suffix, verb));
                continue;
            }
            String words = " " + subresource.name() + " of ";
            operations.add(switch (verb) {
                case "get" -> of.operation("get", "get", "read", naming.scoped + suffix, "read" + words + "the specified " + naming.kind, List.of(), "", false,
                        subresource.name().equals("log") ? "" : kindDefinition, OK);
                case "update" -> of.operation("put", "put", "replace", naming.scoped + suffix, "replace" + words + "the specified " + naming.kind,
                        writes ? List.of() : Parameter.WRITE, kindDefinition, true, kindDefinition, OK_CREATED);
                case "create" -> of.operation("post", "post", "create", naming.scoped + suffix, "create" + words + naming.article(), List.of(), kindDefinition, true, kindDefinition, OK_CREATED_ACCEPTED);
                case "patch" -> of.operation("patch", "patch", "patch", naming.scoped + suffix, "partially update" + words + "the specified " + naming.kind, Parameter.PATCH, PATCH, true, kindDefinition, OK_CREATED);
                default -> throw new IllegalArgumentException("No operation " + verb + " on " + path);
            });
        }
        List<Parameter> own = Parameter.ofSubresource(subresource.name());
        List<Parameter> common = writes ? join(Parameter.WRITE, List.of(Parameter.PRETTY)) : own.isEmpty() ? List.of(Parameter.PRETTY) : own;
        return new ApiPath(path, join(List.of(name(CONNECT.contains(subresource.name()) ? subresource.gvk().kind() : kindOf(subresource, naming))), inNamespace, common), operations);
    }

    private static String kindOf(Subresource subresource, Naming naming) {
        return subresource.verbs().contains("get") && subresource.name().equals("log") ? naming.kind : subresource.gvk().kind();
    }

    private static List<Operation> connect(Naming of, String suffix, String verb) {
        List<String> methods = switch (verb) {
            case "get" -> suffix.startsWith("Proxy") ? List.of("get", "head", "options") : List.of("get");
            case "update" -> List.of("put");
            case "create" -> List.of("post");
            default -> List.of(verb);
        };
        return methods.stream()
                .map(method -> new Operation(method, "connect", "connect" + of.prefix + Naming.capitalised(method) + of.scoped + suffix + of.suffix,
                        "connect " + method.toUpperCase(Locale.ROOT) + " requests to " + suffix.toLowerCase(Locale.ROOT) + " of " + of.kind, of.tag, of.about, List.of(), "", false, "", OK))
                .toList();
    }

    private static Parameter name(String kind) {
        return Parameter.path("name", "name of the " + kind);
    }

    @SafeVarargs
    private static List<Parameter> join(List<Parameter>... lists) {
        return Stream.of(lists).flatMap(List::stream).toList();
    }

    /** The words operation names are made of. */
    private record Naming(String prefix, String tag, String kind, String scoped, String suffix, GroupVersionKind about) {
        Naming(ResourceDefinition resource) {
            this(label(resource.groupVersion(), true) + capitalised(resource.gvk().version()), label(resource.groupVersion(), false) + "_" + resource.gvk().version(), resource.gvk().kind(),
                    (resource.namespaced() ? "Namespaced" : "") + resource.gvk().kind(), "", resource.gvk());
        }

        Naming about(GroupVersionKind other) {
            return new Naming(prefix, tag, kind, scoped, suffix, other);
        }

        Naming withSuffix(String added) {
            return new Naming(prefix, tag, kind, scoped, added, about);
        }

        String article() {
            if (kind.equals("Endpoints")) {
                return kind;
            }
            return ("AEIOU".indexOf(kind.charAt(0)) >= 0 ? "an " : "a ") + kind;
        }

        Operation operation(String method, String action, String verb, String what, String description, List<Parameter> parameters, String body, boolean required, String result, List<Integer> codes) {
            return new Operation(method, action, verb + prefix + what + suffix, description, tag, about, parameters, body, required, result, codes);
        }

        /** {@code rbac.authorization.k8s.io} as {@code RbacAuthorization} or {@code rbacAuthorization}. */
        private static String label(GroupVersion version, boolean capital) {
            if (version.group().isEmpty()) {
                return capital ? "Core" : "core";
            }
            StringBuilder label = new StringBuilder();
            for (String part : version.group().replaceFirst("\\.k8s\\.io$", "").split("\\.")) {
                label.append(label.isEmpty() && !capital ? part : capitalised(part));
            }
            return label.toString();
        }

        static String capitalised(String word) {
            return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
        }
    }
}
