package io.jakube.apiserver.registry;

import io.jakube.apiserver.storage.StoredObject;
import io.jakube.apiserver.watchcache.Snapshot;
import io.jakube.apiserver.watchcache.WatchScope;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.selector.FieldSelector;
import io.jakube.common.selector.Selector;
import io.jakube.common.status.ApiException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which objects of a resource a list or watch is about.
 *
 * @param namespace empty for all
 */
record Selection(String namespace, Selector labels, FieldSelector fields) {
    /** @throws ApiException 400 for a field that cannot be selected by */
    static Selection of(ResourceDefinition definition, String namespace, ListOptions options) {
        try {
            return new Selection(namespace, options.labels(), options.fields().requireSupported(definition));
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest(e.getMessage());
        }
    }

    /** Whether there are no selectors; the namespace does not count. */
    boolean everything() {
        return labels.isEmpty() && fields.isEmpty();
    }

    boolean matches(StoredObject object) {
        return (namespace.isEmpty() || object.namespace().equals(namespace)) && labels.matches(object.labels()) && (fields.isEmpty() || fields.matchesValues(object::field));
    }

    /** The smallest part of a snapshot that holds everything selected. @param indexedField of the cache */
    Snapshot.Range range(@Nullable String indexedField) {
        if (indexedField != null) {
            Optional<String> value = fields.requiredValue(indexedField);
            if (value.isPresent()) {
                return new Snapshot.Range.Indexed(value.get());
            }
        }
        return new Snapshot.Range.Namespace(effectiveNamespace());
    }

    /** The smallest part of the stream of changes that holds everything selected. */
    WatchScope scope(ResourceDefinition definition, @Nullable String indexedField) {
        if (indexedField != null) {
            Optional<String> value = fields.requiredValue(indexedField);
            if (value.isPresent()) {
                return new WatchScope.Indexed(value.get());
            }
        }
        Optional<String> name = fields.requiredValue("metadata.name");
        String scope = effectiveNamespace();
        if (name.isPresent() && (!definition.namespaced() || !scope.isEmpty())) {
            return new WatchScope.Single(scope, name.get());
        }
        return new WatchScope.Namespace(scope);
    }

    private String effectiveNamespace() {
        return namespace.isEmpty() ? fields.requiredValue("metadata.namespace").orElse("") : namespace;
    }
}
