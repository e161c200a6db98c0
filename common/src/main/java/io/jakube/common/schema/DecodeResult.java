package io.jakube.common.schema;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * An object as its schema sees it.
 *
 * @param object pruned of unknown fields and nulls; in canonical form, except where it was to be kept as written: quantities and times rewritten,
 *     zero values left out where they equal absence
 * @param problems what was wrong but tolerable, in upstream's words: {@code unknown field "spec.a"}, {@code duplicate field "spec.b"};
 *     strict field validation turns them into a 400, warn mode into warnings
 */
public record DecodeResult(ObjectNode object, List<String> problems) {
    public DecodeResult {
        problems = List.copyOf(problems);
    }
}
