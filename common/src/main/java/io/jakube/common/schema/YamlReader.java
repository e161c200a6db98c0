package io.jakube.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * Reads the first document of a YAML stream into the tree its JSON form would give, with upstream's (YAML 1.1) reading of plain scalars.
 * Anchors are expanded within a budget, so that a small document cannot become a huge one.
 */
final class YamlReader {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_ALIASED_NODES = 100_000;

    private final List<String> problems;
    private final Map<String, JsonNode> anchors = new HashMap<>();
    private int aliasedNodes;

    /** @param problems where repeated keys go */
    YamlReader(List<String> problems) {
        this.problems = problems;
    }

    JsonNode read(byte[] body) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).decode(ByteBuffer.wrap(body)).toString();
            LoaderOptions options = new LoaderOptions();
            options.setCodePointLimit(Integer.MAX_VALUE);
            options.setNestingDepthLimit(Json.MAX_DEPTH);
            Iterator<Event> events = new Yaml(options).parse(new java.io.StringReader(text)).iterator();
            while (events.hasNext()) {
                Event event = events.next();
                if (event instanceof NodeEvent node) {
                    return value(node, events, 0);
                }
            }
            return NODES.nullNode();
        } catch (CharacterCodingException _) {
            throw new MalformedBodyException("yaml: invalid leading UTF-8 octet");
        } catch (YAMLException e) {
            String message = String.valueOf(e.getMessage());
            throw new MalformedBodyException("error converting YAML to JSON: yaml: " + message.lines().findFirst().orElse("malformed"));
        }
    }

    private JsonNode value(Event event, Iterator<Event> events, int depth) {
        if (depth > Json.MAX_DEPTH) {
            throw new MalformedBodyException("error converting YAML to JSON: yaml: exceeded max depth");
        }
        return switch (event) {
            case ScalarEvent scalar -> anchored(scalar, YamlScalars.resolve(scalar));
            case SequenceStartEvent start -> {
                ArrayNode array = NODES.arrayNode();
                for (Event next = events.next(); !next.is(Event.ID.SequenceEnd); next = events.next()) {
                    array.add(value(next, events, depth + 1));
                }
                yield anchored(start, array);
            }
            case MappingStartEvent start -> anchored(start, mapping(events, depth));
            case AliasEvent alias -> {
                JsonNode target = anchors.get(alias.getAnchor());
                if (target == null) {
                    throw new MalformedBodyException("error converting YAML to JSON: yaml: unknown anchor '" + alias.getAnchor() + "' referenced");
                }
                aliasedNodes += size(target);
                if (aliasedNodes > MAX_ALIASED_NODES) {
                    throw new MalformedBodyException("error converting YAML to JSON: yaml: document contains excessive aliasing");
                }
                yield target.deepCopy();
            }
            default -> throw new MalformedBodyException("error converting YAML to JSON: yaml: unexpected " + event.getEventId());
        };
    }

    private ObjectNode mapping(Iterator<Event> events, int depth) {
        ObjectNode object = NODES.objectNode();
        List<JsonNode> merges = new ArrayList<>();
        for (Event key = events.next(); !key.is(Event.ID.MappingEnd); key = events.next()) {
            int line = key.getStartMark().getLine() + 1;
            boolean merge = key instanceof ScalarEvent scalar && scalar.isPlain() && scalar.getValue().equals("<<");
            JsonNode name = value(key, events, depth + 1);
            JsonNode value = value(events.next(), events, depth + 1);
            if (merge) {
                merges.add(value);
            } else if (name.isContainerNode() || name.isNull()) {
                throw new MalformedBodyException("error converting YAML to JSON: yaml: line " + line + ": unsupported map key");
            } else if (object.replace(name.asText(), value) != null) {
                problems.add("yaml: unmarshal errors:\n  line " + line + ": key \"" + name.asText() + "\" already set in map");
            }
        }
        if (merges.isEmpty()) {
            return object;
        }
        Map<String, JsonNode> merged = new LinkedHashMap<>();
        for (JsonNode merge : merges) {
            for (JsonNode source : merge.isArray() ? merge : List.of(merge)) {
                if (!source.isObject()) {
                    throw new MalformedBodyException("error converting YAML to JSON: yaml: map merge requires map or sequence of maps as the value");
                }
                source.properties().forEach(e -> merged.putIfAbsent(e.getKey(), e.getValue()));
            }
        }
        merged.forEach((name, value) -> {
            if (!object.has(name)) {
                object.set(name, value);
            }
        });
        return object;
    }

    private JsonNode anchored(NodeEvent event, JsonNode node) {
        if (event.getAnchor() != null) {
            anchors.put(event.getAnchor(), node);
        }
        return node;
    }

    private static int size(JsonNode node) {
        int size = 1;
        for (JsonNode child : node) {
            size += size(child);
        }
        return size;
    }
}
