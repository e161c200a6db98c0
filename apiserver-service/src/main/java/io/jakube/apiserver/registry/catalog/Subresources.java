package io.jakube.apiserver.registry.catalog;

import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.registry.ObjectSubresource;
import io.jakube.apiserver.registry.PostHandler.Posting;
import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.registry.certificates.SigningRequestApproval;
import io.jakube.apiserver.registry.core.BindingHandler;
import io.jakube.apiserver.registry.core.EvictionHandler;
import io.jakube.apiserver.registry.core.NamespaceFinalize;
import io.jakube.apiserver.registry.core.PodPart;
import java.time.InstantSource;
import java.util.List;

/**
 * The subresources of built-in types, apart from those of security and streaming.
 *
 * @param handlers answer by themselves
 * @param parts write part of their object, through the generic registry
 */
public record Subresources(List<SubresourceHandler> handlers, List<ObjectSubresource> parts) {
    public static Subresources create(ObjectStore objects, Posting posting, InstantSource clock) {
        return new Subresources(
                List.of(new BindingHandler(objects, posting, clock), new EvictionHandler(objects, posting, clock)),
                List.of(PodPart.EPHEMERAL_CONTAINERS, PodPart.RESIZE, new NamespaceFinalize(), new SigningRequestApproval(clock)));
    }
}
