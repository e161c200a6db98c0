package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.ObjectConverter;
import io.jakube.common.api.ResourceRegistry;
import io.jakube.common.status.ApiException;
import org.jspecify.annotations.Nullable;

/** Goes between the version a request speaks and the version objects are stored in. Thread-safe once installed. */
public final class Versions {
    private final ResourceRegistry registry;
    private final ResourceTypes types;
    private volatile @Nullable ObjectConverter converter;

    public Versions(ResourceRegistry registry, ResourceTypes types) {
        this.registry = registry;
        this.types = types;
    }

    /** Sets the converter, before the first request. */
    public void install(@Nullable ObjectConverter used) {
        converter = used;
    }

    /** The type objects of a served one are stored as; often the same. */
    ResourceType stored(ResourceType served) {
        return sameAsStored(served) ? served : types.of(registry.storage(served.definition()));
    }

    boolean sameAsStored(ResourceType served) {
        return registry.storage(served.definition()).gvk().equals(served.gvk());
    }

    /** In the served version; the argument itself where nothing needs converting. */
    ObjectNode toServed(ResourceType served, ObjectNode stored) {
        return sameAsStored(served) ? stored : convert(stored, served);
    }

    /** In the stored version; the argument itself where nothing needs converting. */
    ObjectNode toStored(ResourceType served, ObjectNode object) {
        return sameAsStored(served) ? object : convert(object, stored(served));
    }

    private ObjectNode convert(ObjectNode object, ResourceType to) {
        ObjectConverter used = converter;
        if (used == null) {
            throw ApiException.internal("no conversion to " + to.gvk());
        }
        return used.convert(object, to.gvk());
    }
}
