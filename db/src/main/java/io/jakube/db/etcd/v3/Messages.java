package io.jakube.db.etcd.v3;

import com.google.protobuf.UnsafeByteOperations;
import io.jakube.db.KeyRange;
import io.jakube.db.RangeResult;
import io.jakube.db.RangeRequest.Content;
import io.jakube.db.RangeRequest.Revisions;
import io.jakube.db.RangeRequest.SortBy;
import io.jakube.db.WatchEvent;
import io.jakube.db.etcd.api.Event;
import io.jakube.db.etcd.api.KeyValue;
import io.jakube.db.etcd.api.RangeRequest;
import io.jakube.db.etcd.api.RangeResponse;
import io.jakube.db.etcd.api.ResponseHeader;

/** Translates between the store's records and etcd's messages. Stateless. */
final class Messages {
    private Messages() {}

    static KeyValue keyValue(io.jakube.db.KeyValue item) {
        return KeyValue.newBuilder()
                .setKey(KeySpace.name(item.key()))
                .setValue(UnsafeByteOperations.unsafeWrap(item.value()))
                .setCreateRevision(item.createRevision())
                .setModRevision(item.modRevision())
                .setVersion(item.version())
                .setLease(item.lease())
                .build();
    }

    /** A deletion carries the key and its revision only. */
    static Event event(WatchEvent event, boolean previous) {
        Event.Builder builder = Event.newBuilder();
        if (event.deleted()) {
            builder.setType(Event.EventType.DELETE).setKv(KeyValue.newBuilder().setKey(KeySpace.name(event.current().key())).setModRevision(event.revision()));
        } else {
            builder.setKv(keyValue(event.current()));
        }
        if (previous && event.previous() != null) {
            builder.setPrevKv(keyValue(event.previous()));
        }
        return builder.build();
    }

    static io.jakube.db.RangeRequest range(RangeRequest request) {
        KeyRange range = KeySpace.range(request.getKey(), request.getRangeEnd());
        SortBy sortBy = switch (request.getSortTarget()) {
            case KEY -> SortBy.KEY;
            case VERSION -> SortBy.VERSION;
            case CREATE -> SortBy.CREATE_REVISION;
            case MOD -> SortBy.MOD_REVISION;
            case VALUE -> SortBy.VALUE;
            case UNRECOGNIZED -> throw EtcdError.INVALID_SORT_OPTION.exception();
        };
        boolean descending = switch (request.getSortOrder()) {
            case NONE, ASCEND -> false;
            case DESCEND -> true;
            case UNRECOGNIZED -> throw EtcdError.INVALID_SORT_OPTION.exception();
        };
        return new io.jakube.db.RangeRequest(
                range,
                Math.max(0, request.getRevision()),
                (int) Math.clamp(request.getLimit(), 0, Integer.MAX_VALUE - 1),
                sortBy,
                descending,
                request.getCountOnly() ? Content.COUNT : request.getKeysOnly() ? Content.KEYS : Content.EVERYTHING,
                new Revisions(request.getMinModRevision(), request.getMaxModRevision()),
                new Revisions(request.getMinCreateRevision(), request.getMaxCreateRevision()));
    }

    static RangeResponse range(RangeResult result, ResponseHeader header) {
        RangeResponse.Builder response = RangeResponse.newBuilder().setHeader(header).setCount(result.count()).setMore(result.more());
        result.items().forEach(item -> response.addKvs(keyValue(item)));
        return response.build();
    }
}
