package io.jakube.db;

/** What can go wrong in the store. Unchecked; every method of {@link KeyValueStore} may throw or complete with {@link Unavailable}. */
public abstract sealed class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The requested revision was removed by compaction. */
    public static final class Compacted extends StoreException {
        private static final long serialVersionUID = 1L;
        private final long compactRevision;

        public Compacted(long compactRevision) {
            super("required revision has been compacted (oldest kept: " + compactRevision + ")", null);
            this.compactRevision = compactRevision;
        }

        public long compactRevision() {
            return compactRevision;
        }
    }

    /** The requested revision lies ahead of the store. */
    public static final class FutureRevision extends StoreException {
        private static final long serialVersionUID = 1L;
        private final long currentRevision;

        public FutureRevision(long currentRevision) {
            super("required revision is a future revision (current: " + currentRevision + ")", null);
            this.currentRevision = currentRevision;
        }

        public long currentRevision() {
            return currentRevision;
        }
    }

    /** A failover lost writes that had been acknowledged (SQL state KV001). Reported, never papered over. */
    public static final class LostWrites extends StoreException {
        private static final long serialVersionUID = 1L;

        public LostWrites(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A value, key or transaction outside the store's limits, or an unknown lease. Nothing was written. */
    public static final class InvalidRequest extends StoreException {
        private static final long serialVersionUID = 1L;
        private final Reason reason;

        public InvalidRequest(String message) {
            this(Reason.OTHER, message);
        }

        public InvalidRequest(Reason reason, String message) {
            super(message, null);
            this.reason = reason;
        }

        public Reason reason() {
            return reason;
        }
    }

    /** Why a request is invalid, where callers may want to tell. */
    public enum Reason {
        EMPTY_KEY,
        TOO_LARGE,
        TOO_MANY_OPERATIONS,
        DUPLICATE_KEY,
        /** A put that keeps the value or lease names a key that does not exist. */
        KEY_NOT_FOUND,
        LEASE_NOT_FOUND,
        LEASE_EXISTS,
        READ_ONLY,
        OTHER
    }

    /** The database did not answer within the deadline. A write's outcome is unknown only where {@link #outcomeUnknown} says so. */
    public static final class Unavailable extends StoreException {
        private static final long serialVersionUID = 1L;
        private final boolean outcomeUnknown;

        public Unavailable(String message, boolean outcomeUnknown, Throwable cause) {
            super(message, cause);
            this.outcomeUnknown = outcomeUnknown;
        }

        public boolean outcomeUnknown() {
            return outcomeUnknown;
        }
    }
}
