package io.jakube.apiserver.registry;

import io.jakube.apiserver.registry.Renderer.Form;
import io.jakube.apiserver.registry.Renderer.IncludeObject;
import io.jakube.apiserver.request.Negotiation;
import io.jakube.apiserver.request.OutputFormat;
import io.jakube.apiserver.request.OutputFormat.View;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.util.List;
import java.util.Set;

/**
 * A request on a stored resource, routed.
 *
 * @param served the type in the version the request speaks
 * @param stored the type in the version objects are stored in
 * @param namespace empty for cluster-scoped resources, and for lists over all namespaces
 * @param name empty for collections
 */
record Request(ResourceType served, ResourceType stored, String namespace, String name, RequestContext context) {
    private static final Set<View> OBJECT_VIEWS = Set.of(View.TABLE, View.PARTIAL);
    private static final Set<View> LIST_VIEWS = Set.of(View.TABLE, View.PARTIAL_LIST);

    /** How single objects are to be shown. */
    Form objectForm() {
        return form(OBJECT_VIEWS);
    }

    /** How a list is to be shown. */
    Form listForm() {
        return form(LIST_VIEWS);
    }

    private Form form(Set<View> views) {
        OutputFormat format = Negotiation.negotiate(context.request().headers("Accept"), views);
        return new Form(served, format, format.view() == View.TABLE ? include() : IncludeObject.NONE);
    }

    private IncludeObject include() {
        String text = context.request().queryParameter("includeObject").orElse("");
        return switch (text) {
            case "", "Metadata" -> IncludeObject.METADATA;
            case "None" -> IncludeObject.NONE;
            case "Object" -> IncludeObject.OBJECT;
            default -> throw ApiException.invalid("meta.k8s.io", "TableOptions", "",
                    List.of(FieldError.notSupported("includeObject", text, "Metadata", "None", "Object", "")));
        };
    }
}
