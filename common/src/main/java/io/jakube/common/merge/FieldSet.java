package io.jakube.common.merge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A set of field paths as a trie; the parsed form of {@code FieldsV1} (API reference, meta/v1 FieldsV1).
 *
 * <p>Path elements keep their encoded form as map keys: {@code f:name} a field, {@code k:{"name":"x"}} an element of a keyed list, {@code v:"x"} an
 * element of a set, {@code i:0} an index. A node is a <i>member</i> if the path to it is in the set, whether or not it has children.
 *
 * <p>Mutable while it is built; the set operations return new sets and share unchanged parts, so a set must not be modified once it was an operand.
 */
final class FieldSet {
    static final FieldSet EMPTY = new FieldSet();

    private final TreeMap<String, FieldSet> children = new TreeMap<>();
    private boolean member;

    FieldSet() {}

    private FieldSet(boolean member) {
        this.member = member;
    }

    static FieldSet leaf() {
        return new FieldSet(true);
    }

    static FieldSet parse(JsonNode fields) {
        FieldSet set = new FieldSet();
        fields.properties().forEach(entry -> {
            if (entry.getKey().equals(".")) {
                set.member = true;
            } else {
                FieldSet child = parse(entry.getValue());
                child.member |= entry.getValue().isEmpty();
                set.children.put(entry.getKey(), child);
            }
        });
        return set;
    }

    ObjectNode toJson() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        if (member && !children.isEmpty()) {
            node.putObject(".");
        }
        children.forEach((element, child) -> node.set(element, child.toJson()));
        return node;
    }

    boolean isMember() {
        return member;
    }

    FieldSet asMember() {
        member = true;
        return this;
    }

    Map<String, FieldSet> children() {
        return children;
    }

    @Nullable FieldSet child(String element) {
        return children.get(element);
    }

    /** Adds a child unless it holds no path. */
    void put(String element, FieldSet child) {
        if (!child.isEmpty()) {
            children.put(element, child);
        }
    }

    void remove(String element) {
        children.remove(element);
    }

    boolean isEmpty() {
        return !member && children.isEmpty();
    }

    FieldSet union(@Nullable FieldSet other) {
        if (other == null || other.isEmpty() || other == this) {
            return this;
        }
        if (isEmpty()) {
            return other;
        }
        FieldSet result = new FieldSet(member || other.member);
        result.children.putAll(children);
        other.children.forEach((element, child) -> result.children.merge(element, child, FieldSet::union));
        return result;
    }

    FieldSet difference(@Nullable FieldSet other) {
        if (other == null || other.isEmpty() || isEmpty()) {
            return this;
        }
        FieldSet result = new FieldSet(member && !other.member);
        children.forEach((element, child) -> result.put(element, child.difference(other.children.get(element))));
        return result;
    }

    FieldSet intersection(@Nullable FieldSet other) {
        if (other == null || other.isEmpty() || isEmpty()) {
            return EMPTY;
        }
        FieldSet result = new FieldSet(member && other.member);
        children.forEach((element, child) -> {
            FieldSet theirs = other.children.get(element);
            if (theirs != null) {
                result.put(element, child.intersection(theirs));
            }
        });
        return result;
    }

    /** Calls back for each path, in order, in upstream's notation: {@code .spec.containers[name="web"].image}. */
    void forEachPath(Consumer<String> action) {
        forEachPath("", action);
    }

    private void forEachPath(String prefix, Consumer<String> action) {
        if (member) {
            action.accept(prefix);
        }
        children.forEach((element, child) -> child.forEachPath(prefix + PathElements.print(element), action));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FieldSet set && member == set.member && children.equals(set.children);
    }

    @Override
    public int hashCode() {
        return children.hashCode() * 2 + (member ? 1 : 0);
    }

    @Override
    public String toString() {
        return toJson().toString();
    }
}
