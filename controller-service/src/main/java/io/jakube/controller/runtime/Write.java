package io.jakube.controller.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.client.PatchType;
import org.jspecify.annotations.Nullable;

/** One change a controller wants. A value: {@link PlanExecutor} performs it. */
public sealed interface Write {
    /** What to tell people about it; null for nothing. */
    @Nullable Announcement announcement();

    /**
     * Creates an object.
     *
     * @param tolerateExisting whether an object of that name being there already is success
     */
    record Create(HasMetadata object, boolean tolerateExisting, @Nullable Announcement announcement) implements Write {
        public Create(HasMetadata object) {
            this(object, false, null);
        }
    }

    /** Replaces an object, at the resourceVersion it carries. */
    record Update(HasMetadata object, @Nullable Announcement announcement) implements Write {
        public Update(HasMetadata object) {
            this(object, null);
        }
    }

    /** Replaces an object's status, at the resourceVersion it carries. */
    record UpdateStatus(HasMetadata object) implements Write {
        @Override
        public @Nullable Announcement announcement() {
            return null;
        }
    }

    /**
     * Patches an object or a subresource of it. An object that is gone already is success.
     *
     * @param namespace empty for cluster-scoped objects
     * @param subresource empty for the object itself
     */
    record Patch(Class<? extends HasMetadata> type, String namespace, String name, String subresource, PatchType patchType, JsonNode patch) implements Write {
        @Override
        public @Nullable Announcement announcement() {
            return null;
        }
    }

    /** Deletes an object. One that is gone already, or was replaced by another of its name, is success. */
    record Delete(Class<? extends HasMetadata> type, String namespace, String name, DeleteOptions options, @Nullable Announcement announcement) implements Write {
        /** Deletes exactly this object. */
        public static Delete of(HasMetadata object, @Nullable Announcement announcement) {
            String namespace = object.getMetadata().getNamespace();
            return new Delete(object.getClass(), namespace == null ? "" : namespace, object.getMetadata().getName(), DeleteOptions.ofUid(object.getMetadata().getUid()), announcement);
        }
    }

    /**
     * Deletes an object of any resource by its path. One that is gone already is success; so is one replaced by another of its name,
     * unless the options name a resourceVersion.
     */
    record DeletePath(String path, DeleteOptions options) implements Write {
        @Override
        public @Nullable Announcement announcement() {
            return null;
        }
    }

    /** Any other request by path. An object that is gone already is success. */
    record Request(String method, String path, JsonNode body, String contentType) implements Write {
        @Override
        public @Nullable Announcement announcement() {
            return null;
        }
    }

    /**
     * The events a write gives rise to. Messages may hold one {@code %s}: the written object's name on success, the error on failure.
     *
     * @param failureReason empty for no event on failure
     */
    record Announcement(HasMetadata regarding, String reason, String message, String failureReason, String failureMessage) {
        public Announcement(HasMetadata regarding, String reason, String message) {
            this(regarding, reason, message, "", "");
        }
    }
}
