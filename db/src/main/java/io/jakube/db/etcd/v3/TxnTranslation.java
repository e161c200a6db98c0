package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.RangeResult;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.etcd.api.Compare;
import io.jakube.db.etcd.api.DeleteRangeRequest;
import io.jakube.db.etcd.api.DeleteRangeResponse;
import io.jakube.db.etcd.api.PutRequest;
import io.jakube.db.etcd.api.PutResponse;
import io.jakube.db.etcd.api.RequestOp;
import io.jakube.db.etcd.api.ResponseHeader;
import io.jakube.db.etcd.api.ResponseOp;
import io.jakube.db.etcd.api.TxnRequest;
import io.jakube.db.etcd.api.TxnResponse;
import java.util.ArrayList;
import java.util.List;

/** Translates transactions and the operations in them, and checks them as etcd does. */
final class TxnTranslation {
    private final Headers headers;
    private final Access access;

    TxnTranslation(Headers headers, Access access) {
        this.headers = headers;
        this.access = access;
    }

    Transaction transaction(Caller caller, TxnRequest request) {
        if (Math.max(request.getCompareCount(), Math.max(request.getSuccessCount(), request.getFailureCount())) > Transaction.MAX_OPERATIONS) {
            throw EtcdError.TOO_MANY_OPERATIONS.exception();
        }
        List<Transaction.Condition> conditions = new ArrayList<>();
        for (Compare compare : request.getCompareList()) {
            Transaction.Condition condition = condition(compare);
            access.read(caller, condition.range());
            conditions.add(condition);
        }
        return new Transaction(conditions, operations(caller, request.getSuccessList()), operations(caller, request.getFailureList()));
    }

    private List<Transaction.Operation> operations(Caller caller, List<RequestOp> requests) {
        List<Transaction.Operation> operations = new ArrayList<>();
        for (RequestOp request : requests) {
            operations.add(switch (request.getRequestCase()) {
                case REQUEST_RANGE -> {
                    io.jakube.db.RangeRequest range = Messages.range(request.getRequestRange());
                    access.read(caller, range.range());
                    yield new Transaction.Get(range);
                }
                case REQUEST_PUT -> put(caller, request.getRequestPut());
                case REQUEST_DELETE_RANGE -> delete(caller, request.getRequestDeleteRange());
                case REQUEST_TXN -> new Transaction.Nested(transaction(caller, request.getRequestTxn()));
                case REQUEST_NOT_SET -> throw EtcdError.KEY_NOT_FOUND.exception();
            });
        }
        return operations;
    }

    Transaction.Put put(Caller caller, PutRequest request) {
        Key key = KeySpace.key(request.getKey());
        if (request.getIgnoreValue() && !request.getValue().isEmpty()) {
            throw EtcdError.VALUE_PROVIDED.exception();
        }
        if (request.getIgnoreLease() && request.getLease() != 0) {
            throw EtcdError.LEASE_PROVIDED.exception();
        }
        KeyRange range = KeyRange.single(key);
        access.write(caller, range);
        if (request.getPrevKv()) {
            access.read(caller, range);
        }
        if (request.getLease() < 0) {
            throw EtcdError.LEASE_NOT_FOUND.exception();
        }
        return new Transaction.Put(key, request.getIgnoreValue() ? null : request.getValue().toByteArray(), request.getIgnoreLease() ? Transaction.Put.KEEP_LEASE : request.getLease());
    }

    Transaction.Delete delete(Caller caller, DeleteRangeRequest request) {
        KeyRange range = KeySpace.range(request.getKey(), request.getRangeEnd());
        access.write(caller, range);
        if (request.getPrevKv()) {
            access.read(caller, range);
        }
        return new Transaction.Delete(range);
    }

    private static Transaction.Condition condition(Compare compare) {
        KeyRange range = KeySpace.range(compare.getKey(), compare.getRangeEnd());
        Transaction.Relation relation = switch (compare.getResult()) {
            case EQUAL -> Transaction.Relation.EQUAL;
            case GREATER -> Transaction.Relation.GREATER;
            case LESS -> Transaction.Relation.LESS;
            case NOT_EQUAL -> Transaction.Relation.NOT_EQUAL;
            case UNRECOGNIZED -> throw EtcdError.KEY_NOT_FOUND.because("compare.result " + compare.getResultValue() + " is unknown");
        };
        return switch (compare.getTarget()) {
            case VERSION -> new Transaction.NumberIs(range, Transaction.Number.VERSION, relation, compare.getVersion());
            case CREATE -> new Transaction.NumberIs(range, Transaction.Number.CREATE_REVISION, relation, compare.getCreateRevision());
            case MOD -> new Transaction.NumberIs(range, Transaction.Number.MOD_REVISION, relation, compare.getModRevision());
            case LEASE -> new Transaction.NumberIs(range, Transaction.Number.LEASE, relation, compare.getLease());
            case VALUE -> new Transaction.ValueIs(range, relation, compare.getValue().toByteArray());
            case UNRECOGNIZED -> throw EtcdError.KEY_NOT_FOUND.because("compare.target " + compare.getTargetValue() + " is unknown");
        };
    }

    TxnResponse response(TxnRequest request, TransactionResult result) {
        return response(request, result, headers.at(result.revision()));
    }

    private static TxnResponse response(TxnRequest request, TransactionResult result, ResponseHeader header) {
        List<RequestOp> requests = result.succeeded() ? request.getSuccessList() : request.getFailureList();
        TxnResponse.Builder response = TxnResponse.newBuilder().setHeader(header).setSucceeded(result.succeeded());
        ResponseHeader within = Headers.within(result.revision());
        for (int i = 0; i < requests.size(); i++) {
            RequestOp operation = requests.get(i);
            ResponseOp.Builder done = ResponseOp.newBuilder();
            switch (result.results().get(i)) {
                case TransactionResult.GetDone get -> done.setResponseRange(Messages.range(get.range(), within));
                case TransactionResult.PutDone put -> done.setResponsePut(put(operation.getRequestPut(), put, within));
                case TransactionResult.DeleteDone delete -> done.setResponseDeleteRange(delete(operation.getRequestDeleteRange(), delete, within));
                case TransactionResult.NestedDone nested -> done.setResponseTxn(response(operation.getRequestTxn(), nested.result(), within));
            }
            response.addResponses(done);
        }
        return response.build();
    }

    static PutResponse put(PutRequest request, TransactionResult.PutDone done, ResponseHeader header) {
        PutResponse.Builder response = PutResponse.newBuilder().setHeader(header);
        if (request.getPrevKv() && done.previous() != null) {
            response.setPrevKv(Messages.keyValue(requireNonNull(done.previous())));
        }
        return response.build();
    }

    static DeleteRangeResponse delete(DeleteRangeRequest request, TransactionResult.DeleteDone done, ResponseHeader header) {
        DeleteRangeResponse.Builder response = DeleteRangeResponse.newBuilder().setHeader(header).setDeleted(done.previous().size());
        if (request.getPrevKv()) {
            done.previous().forEach(item -> response.addPrevKvs(Messages.keyValue(item)));
        }
        return response.build();
    }

    /** The response to a compare-and-swap that took place. */
    TxnResponse swapped(TxnRequest request, long revision) {
        ResponseHeader within = Headers.within(revision);
        ResponseOp.Builder done = ResponseOp.newBuilder();
        if (request.getSuccess(0).hasRequestPut()) {
            done.setResponsePut(PutResponse.newBuilder().setHeader(within));
        } else {
            done.setResponseDeleteRange(DeleteRangeResponse.newBuilder().setHeader(within).setDeleted(1));
        }
        return TxnResponse.newBuilder().setHeader(headers.at(revision)).setSucceeded(true).addResponses(done).build();
    }

    /** The response to a compare-and-swap that did not take place, with what is there instead. */
    TxnResponse notSwapped(RangeResult now) {
        return TxnResponse.newBuilder()
                .setHeader(headers.at(now.revision()))
                .addResponses(ResponseOp.newBuilder().setResponseRange(Messages.range(now, Headers.within(now.revision()))))
                .build();
    }
}
