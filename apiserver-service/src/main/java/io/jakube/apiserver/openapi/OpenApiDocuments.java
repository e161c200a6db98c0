package io.jakube.apiserver.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jakube.apiserver.discovery.VersionHandler;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.api.ResourceRegistry;
import io.jakube.common.json.Json;
import io.jakube.common.schema.BuiltinSchemas;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Writes OpenAPI documents of what a registry serves, without holding them in memory. */
final class OpenApiDocuments {
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";

    private final ResourceRegistry registry;
    private final BuiltinSchemas schemas;
    private final ApiPaths paths;

    OpenApiDocuments(ResourceRegistry registry, BuiltinSchemas schemas) {
        this.registry = registry;
        this.schemas = schemas;
        this.paths = new ApiPaths(gvk -> schemas.find(gvk).map(s -> String.valueOf(s.typeName())).orElse(""));
    }

    /** OpenAPI v3 of one group version. */
    void writeV3(OutputStream target, GroupVersion groupVersion) throws IOException {
        write(target, Dialect.V3, registry.all().stream().filter(r -> r.groupVersion().equals(groupVersion)).toList());
    }

    /** OpenAPI v2 of everything. */
    void writeV2(OutputStream target) throws IOException {
        write(target, Dialect.V2, registry.all());
    }

    private void write(OutputStream target, Dialect dialect, Collection<ResourceDefinition> resources) throws IOException {
        List<ApiPath> all = new ArrayList<>();
        resources.forEach(resource -> all.addAll(paths.of(resource)));
        all.sort(Comparator.comparing(ApiPath::path));
        TreeSet<String> roots = new TreeSet<>(ApiPaths.references(all));
        roots.add(META + "Status");
        roots.add(META + "WatchEvent");
        SchemaWriter schemaWriter = new SchemaWriter(schemas, kinds(), dialect);
        PathWriter pathWriter = new PathWriter(dialect);
        try (JsonGenerator out = Json.mapper().getFactory().createGenerator(target).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            out.writeStartObject();
            out.writeStringField(dialect == Dialect.V3 ? "openapi" : "swagger", dialect == Dialect.V3 ? "3.0.0" : "2.0");
            out.writeObjectFieldStart("info");
            out.writeStringField("title", "Kubernetes");
            out.writeStringField("version", VersionHandler.GIT_VERSION);
            out.writeEndObject();
            out.writeObjectFieldStart("paths");
            for (ApiPath path : all) {
                pathWriter.write(out, path);
            }
            out.writeEndObject();
            if (dialect == Dialect.V3) {
                out.writeObjectFieldStart("components");
                out.writeObjectFieldStart("schemas");
                schemaWriter.write(out, roots);
                out.writeEndObject();
                out.writeObjectFieldStart("securitySchemes");
            } else {
                out.writeObjectFieldStart("definitions");
                schemaWriter.write(out, roots);
                out.writeEndObject();
                out.writeObjectFieldStart("securityDefinitions");
            }
            out.writeObjectFieldStart("BearerToken");
            out.writeStringField("type", "apiKey");
            out.writeStringField("description", "Bearer Token authentication");
            out.writeStringField("name", "authorization");
            out.writeStringField("in", "header");
            out.writeEndObject();
            out.writeEndObject();
            if (dialect == Dialect.V3) {
                out.writeEndObject();
            }
            out.writeEndObject();
        }
    }

    /** Kinds by definition; options and watch events have one in every group version. */
    private Map<String, List<GroupVersionKind>> kinds() {
        Map<String, List<GroupVersionKind>> kinds = new HashMap<>();
        schemas.kinds().forEach((gvk, name) -> kinds.computeIfAbsent(name, _ -> new ArrayList<>()).add(gvk));
        for (String common : List.of("DeleteOptions", "WatchEvent")) {
            kinds.put(META + common, registry.groupVersions().stream().map(v -> v.kind(common)).toList());
        }
        return kinds;
    }
}
