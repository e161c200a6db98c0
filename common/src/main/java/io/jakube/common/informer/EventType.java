package io.jakube.common.informer;

/** What happened to an object, in the words of the watch API. */
public enum EventType {
    ADDED,
    MODIFIED,
    DELETED
}
