package io.jakube.apiserver;

import io.jakube.apiserver.registry.Admission;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.request.BodyReader;
import io.jakube.common.api.ResourceRegistry;
import io.jakube.common.schema.ObjectDecoder;
import io.jakube.common.schema.SchemaRegistry;
import io.jakube.db.KeyValueStore;
import java.time.Clock;

/**
 * What plugins are built from.
 *
 * @param objects objects for the server's own use; usable once the server has been composed, so not from a plugin's constructor
 *     ({@link ObjectStore#onChange} excepted)
 * @param admission the chain that connections have to pass
 * @param store the store below the objects, for what is no API object (allocations)
 */
public record PluginContext(
        ApiServerConfig config, ResourceRegistry resources, SchemaRegistry schemas, ObjectDecoder decoder, BodyReader bodies, ObjectStore objects, Admission admission, KeyValueStore store,
        Clock clock) {}
