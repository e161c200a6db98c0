package io.jakube.db;

import static java.util.Objects.requireNonNull;

/**
 * What to read of a range.
 *
 * @param range keys to look at
 * @param revision 0 for the latest, else that of the past to read
 * @param limit most items to return, 0 for all; the first ones in the wanted order
 * @param sortBy what items are ordered by; equal ones by key, ascending
 * @param descending whether the greatest comes first
 * @param content what of the items is wanted
 * @param modRevisions only items last written within these revisions
 * @param createRevisions only items created within these revisions
 */
public record RangeRequest(KeyRange range, long revision, int limit, SortBy sortBy, boolean descending, Content content, Revisions modRevisions, Revisions createRevisions) {
    public RangeRequest {
        requireNonNull(range, "range is null");
        requireNonNull(sortBy, "sortBy is null");
        requireNonNull(content, "content is null");
        requireNonNull(modRevisions, "modRevisions is null");
        requireNonNull(createRevisions, "createRevisions is null");
        if (revision < 0 || limit < 0) {
            throw new StoreException.InvalidRequest("revision and limit must not be negative");
        }
    }

    /** A property that items can be ordered by. Values are compared as unsigned bytes. */
    public enum SortBy {
        KEY,
        VERSION,
        CREATE_REVISION,
        MOD_REVISION,
        VALUE
    }

    /** How much of the items is wanted. */
    public enum Content {
        EVERYTHING,
        /** Items without their values, which are then empty. Cheaper at the latest revision: values are not read. */
        KEYS,
        /** No items, only their number. */
        COUNT
    }

    /**
     * A closed interval of revisions.
     *
     * @param min 0 for no lower bound
     * @param max 0 for no upper bound
     */
    public record Revisions(long min, long max) {
        public static final Revisions ALL = new Revisions(0, 0);
    }

    /** Everything in a range at the latest revision, in key order. */
    public static RangeRequest of(KeyRange range) {
        return new RangeRequest(range, 0, 0, SortBy.KEY, false, Content.EVERYTHING, Revisions.ALL, Revisions.ALL);
    }

    public RangeRequest at(long wanted) {
        return new RangeRequest(range, wanted, limit, sortBy, descending, content, modRevisions, createRevisions);
    }

    public RangeRequest limit(int most) {
        return new RangeRequest(range, revision, most, sortBy, descending, content, modRevisions, createRevisions);
    }

    public RangeRequest ascending(SortBy by) {
        return new RangeRequest(range, revision, limit, by, false, content, modRevisions, createRevisions);
    }

    public RangeRequest descending(SortBy by) {
        return new RangeRequest(range, revision, limit, by, true, content, modRevisions, createRevisions);
    }

    public RangeRequest only(Content wanted) {
        return new RangeRequest(range, revision, limit, sortBy, descending, wanted, modRevisions, createRevisions);
    }

    public RangeRequest modifiedWithin(long min, long max) {
        return new RangeRequest(range, revision, limit, sortBy, descending, content, new Revisions(min, max), createRevisions);
    }

    public RangeRequest createdWithin(long min, long max) {
        return new RangeRequest(range, revision, limit, sortBy, descending, content, modRevisions, new Revisions(min, max));
    }

    /** Whether only some items of the range are wanted. */
    public boolean filtered() {
        return !modRevisions.equals(Revisions.ALL) || !createRevisions.equals(Revisions.ALL);
    }
}
