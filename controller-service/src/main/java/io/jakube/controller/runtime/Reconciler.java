package io.jakube.controller.runtime;

import io.jakube.common.api.ObjectKey;

/** Decides what one object needs now, from caches. Called by several threads, never by two for the same key. */
@FunctionalInterface
public interface Reconciler {
    /** @throws RuntimeException to have the key tried again after its back-off */
    Plan reconcile(ObjectKey key);
}
