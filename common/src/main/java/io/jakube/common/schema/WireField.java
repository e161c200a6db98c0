package io.jakube.common.schema;

import java.util.List;

/**
 * A protobuf field and the JSON field it becomes.
 *
 * @param number field number
 * @param name JSON name; empty for a message whose fields are inlined into the one that holds it
 * @param kind {@code s} string, {@code y} bytes, {@code b} bool, {@code i} int32, {@code l} int64, {@code d} double, {@code m} message, {@code t} Time, {@code t6} MicroTime,
 *     {@code q} Quantity, {@code o} IntOrString, {@code r} message around raw JSON, {@code w?} message around a list of ?, {@code pa pb ps} the JSONSchemaProps
 *     alternatives; prefixed with {@code *} for a list and with <code>{</code> for a map
 * @param inlined the inlined message's fields
 */
record WireField(int number, String name, String kind, List<WireField> inlined) {}
