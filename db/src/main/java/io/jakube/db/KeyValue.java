package io.jakube.db;

/**
 * A key's value at a revision. The value array is shared and must not be modified.
 *
 * @param key the key
 * @param value its bytes; empty for a deletion
 * @param createRevision revision at which the key last came into being
 * @param modRevision revision of this value
 * @param version writes since creation, from 1
 * @param lease attached lease, 0 for none
 */
public record KeyValue(Key key, byte[] value, long createRevision, long modRevision, long version, long lease) {}
