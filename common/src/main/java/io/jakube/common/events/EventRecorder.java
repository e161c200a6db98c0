package io.jakube.common.events;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;

/** Tells people what happened to an object, as Event objects. Never blocks and never fails: events are best effort. Thread-safe. */
public interface EventRecorder {
    /** Kinds of events. */
    enum Type {
        NORMAL("Normal"),
        WARNING("Warning");

        private final String text;

        Type(String text) {
            this.text = text;
        }

        /** As the API has it. */
        public String text() {
            return text;
        }
    }

    /**
     * Records that something happened.
     *
     * @param regarding what it happened to; {@code fieldPath} may name a part such as {@code spec.containers{web}}
     * @param reason CamelCase, for machines
     * @param message for people
     */
    void record(ObjectReference regarding, Type type, String reason, String message);

    /** Records a normal event. */
    default void normal(HasMetadata regarding, String reason, String message) {
        record(reference(regarding), Type.NORMAL, reason, message);
    }

    /** Records a warning. */
    default void warning(HasMetadata regarding, String reason, String message) {
        record(reference(regarding), Type.WARNING, reason, message);
    }

    /** A reference to an object at its version. */
    static ObjectReference reference(HasMetadata object) {
        return new ObjectReferenceBuilder()
                .withApiVersion(object.getApiVersion())
                .withKind(object.getKind())
                .withNamespace(object.getMetadata().getNamespace())
                .withName(object.getMetadata().getName())
                .withUid(object.getMetadata().getUid())
                .withResourceVersion(object.getMetadata().getResourceVersion())
                .build();
    }
}
