package io.jakube.schema.generator;

import com.google.protobuf.Descriptors.Descriptor;
import io.jakube.schema.generator.ModelClass.Parts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Finds the OpenAPI definition name of every model class of a generally available version. A class name tells version and kind, seldom
 * the group; the protobuf message of that version and name whose fields overlap most is the same type.
 */
final class DefinitionNames {
    private DefinitionNames() {}

    /**
     * @param given names that cannot be found so
     * @return definition name by class name
     */
    static Map<String, String> find(Map<String, ModelClass> models, Map<String, Descriptor> messages, Map<String, String> given) {
        Map<String, String> names = new TreeMap<>();
        List<String> unknown = new ArrayList<>();
        for (ModelClass model : models.values()) {
            Parts parts = model.parts();
            if (given.containsKey(model.className())) {
                names.put(model.className(), given.get(model.className()));
            } else if (parts != null && parts.version().matches("v\\d+")) {
                String suffix = "." + parts.version() + "." + parts.kind();
                List<String> candidates = messages.keySet().stream()
                        .filter(m -> m.endsWith(suffix) && (parts.group().isEmpty() || m.endsWith("." + parts.group() + suffix)))
                        .toList();
                if (candidates.isEmpty()) {
                    unknown.add(model.className());
                } else {
                    names.put(model.className(), candidates.stream().max(Comparator.comparingLong(c -> overlap(model, messages.get(c)))).orElseThrow());
                }
            }
        }
        if (!unknown.isEmpty()) {
            throw new IllegalStateException("Model classes without a definition; name them in types.txt: " + unknown);
        }
        return names;
    }

    private static long overlap(ModelClass model, Descriptor message) {
        Set<String> fields = message.getFields().stream().map(f -> f.getName()).collect(Collectors.toCollection(HashSet::new));
        return model.fields().stream().filter(f -> fields.contains(f.name())).count();
    }
}
