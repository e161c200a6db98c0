package io.jakube.agent.dns;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Turns a request's bytes into a response's bytes (RFC 1035, EDNS by RFC 6891). Thread-safe.
 *
 * <p>Questions about the cluster are answered at once; others wait for upstream servers, so callers ask {@link #isImmediate} to know where to run it.
 */
final class QueryHandler {
    /** Largest response by UDP that crosses usual links in one piece. */
    private static final int LARGEST_UDP = 1232;
    private static final int SMALLEST_UDP = 512;
    private static final int LARGEST_TCP = 65535;

    private final Zone zone;
    private final ClusterResolver cluster;
    private final Forwarder forwarder;
    private final AnswerCache cache;
    private final BooleanSupplier knowsCluster;

    /** @param knowsCluster whether the cluster's objects have been listed; before that, a name's absence says nothing */
    QueryHandler(Zone zone, ClusterResolver cluster, Forwarder forwarder, AnswerCache cache, BooleanSupplier knowsCluster) {
        this.zone = requireNonNull(zone, "zone is null");
        this.cluster = requireNonNull(cluster, "cluster is null");
        this.forwarder = requireNonNull(forwarder, "forwarder is null");
        this.cache = requireNonNull(cache, "cache is null");
        this.knowsCluster = requireNonNull(knowsCluster, "knowsCluster is null");
    }

    /** A request that could be read; keep it between {@link #isImmediate} and {@link #answer}. */
    record Request(Message message, boolean tcp) {
        @Nullable Record question() {
            return message.getQuestion();
        }
    }

    /** Reads a request. @return empty if it is no request at all and deserves no response */
    static Optional<Request> read(byte[] wire, boolean tcp) {
        try {
            Message message = new Message(wire);
            return message.getHeader().getFlag(Flags.QR) ? Optional.empty() : Optional.of(new Request(message, tcp));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The response to bytes that {@link #read} could not read; empty if not even their header can be. */
    static Optional<byte[]> malformed(byte[] wire) {
        try {
            Header header = new Header(wire);
            if (header.getFlag(Flags.QR)) {
                return Optional.empty();
            }
            Header response = new Header(header.getID());
            response.setFlag(Flags.QR);
            response.setOpcode(header.getOpcode());
            response.setRcode(Rcode.FORMERR);
            return Optional.of(response.toWire());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Whether {@link #answer} will not wait for others. */
    boolean isImmediate(Request request) {
        Record question = request.question();
        if (question == null || !isPlainQuery(request.message())) {
            return true;
        }
        Optional<Answer> answer = cluster.resolve(question.getName(), question.getType());
        return answer.map(a -> !leavesZone(a, question.getType())).orElse(false);
    }

    byte[] answer(Request request) {
        Message query = request.message();
        Message response = respond(request);
        OPTRecord options = query.getOPT();
        if (options != null && response.getOPT() == null) {
            int extended = options.getVersion() > 0 ? Rcode.BADVERS >> 4 : 0;
            response.addRecord(new OPTRecord(LARGEST_UDP, extended, 0, options.getFlags() & ExtendedFlags.DO), Section.ADDITIONAL);
        }
        int limit = request.tcp() ? LARGEST_TCP : options == null ? SMALLEST_UDP : Math.clamp(options.getPayloadSize(), SMALLEST_UDP, LARGEST_UDP);
        return response.toWire(limit);
    }

    private Message respond(Request request) {
        Message query = request.message();
        Record question = request.question();
        if (query.getHeader().getOpcode() != Opcode.QUERY) {
            return message(query, Answer.failure(Rcode.NOTIMP));
        }
        if (question == null || query.getHeader().getCount(Section.QUESTION) != 1) {
            return message(query, Answer.failure(Rcode.FORMERR));
        }
        if (!isPlainQuery(query)) {
            return message(query, Answer.failure(query.getOPT() != null && query.getOPT().getVersion() > 0 ? Rcode.NOERROR : Rcode.REFUSED));
        }
        Optional<Answer> own = cluster.resolve(question.getName(), question.getType());
        if (own.isEmpty()) {
            return forward(request, question);
        }
        Answer answer = own.get();
        if (!knowsCluster.getAsBoolean() && (answer.rcode() == Rcode.NXDOMAIN || answer.answers().isEmpty())) {
            return message(query, Answer.failure(Rcode.SERVFAIL));
        }
        Message response = message(query, answer);
        if (leavesZone(answer, question.getType())) {
            follow(response, request, (CNAMERecord) answer.answers().getLast());
        }
        return response;
    }

    private static boolean isPlainQuery(Message query) {
        Record question = query.getQuestion();
        return query.getHeader().getOpcode() == Opcode.QUERY && question != null && query.getHeader().getCount(Section.QUESTION) == 1
                && question.getDClass() == DClass.IN && question.getType() != Type.AXFR && question.getType() != Type.IXFR
                && (query.getOPT() == null || query.getOPT().getVersion() == 0);
    }

    private boolean leavesZone(Answer answer, int type) {
        return type != Type.CNAME && type != Type.ANY && !answer.answers().isEmpty()
                && answer.answers().getLast() instanceof CNAMERecord alias && !zone.contains(alias.getTarget());
    }

    /** Adds what the outside says about an alias' target; without it, the alias alone still tells the client where to look. */
    private void follow(Message response, Request request, CNAMERecord alias) {
        Record question = Record.newRecord(alias.getTarget(), request.message().getQuestion().getType(), DClass.IN);
        Message query = Message.newQuery(question);
        lookUp(new Request(query, request.tcp()), question).ifPresent(answer -> {
            if (answer.getRcode() == Rcode.NOERROR || answer.getRcode() == Rcode.NXDOMAIN) {
                response.getHeader().setRcode(answer.getRcode());
                answer.getSection(Section.ANSWER).forEach(record -> response.addRecord(record, Section.ANSWER));
            }
        });
    }

    private Message forward(Request request, Record question) {
        Message query = request.message();
        Optional<Message> answer = lookUp(request, question);
        if (answer.isEmpty()) {
            return message(query, Answer.failure(Rcode.SERVFAIL));
        }
        Message response = answer.get().clone();
        response.getHeader().setID(query.getHeader().getID());
        response.getHeader().setFlag(Flags.RA);
        response.removeAllRecords(Section.QUESTION);
        response.addRecord(question, Section.QUESTION);
        if (query.getOPT() == null && response.getOPT() != null) {
            response.removeRecord(response.getOPT(), Section.ADDITIONAL);
        }
        return response;
    }

    private Optional<Message> lookUp(Request request, Record question) {
        OPTRecord options = request.message().getOPT();
        boolean dnssec = options != null && (options.getFlags() & ExtendedFlags.DO) != 0;
        AnswerCache.Question key = new AnswerCache.Question(question.getName(), question.getType(), dnssec);
        Optional<Message> cached = cache.find(key).filter(message -> !request.tcp() || !message.getHeader().getFlag(Flags.TC));
        if (cached.isPresent()) {
            return cached;
        }
        Optional<Message> answer = forwarder.ask(request.message(), request.tcp());
        answer.filter(message -> message.getRcode() == Rcode.NOERROR || message.getRcode() == Rcode.NXDOMAIN).ifPresent(message -> cache.put(key, message));
        return answer;
    }

    private static Message message(Message query, Answer answer) {
        Header header = new Header(query.getHeader().getID());
        header.setOpcode(query.getHeader().getOpcode());
        header.setFlag(Flags.QR);
        header.setFlag(Flags.RA);
        if (query.getHeader().getFlag(Flags.RD)) {
            header.setFlag(Flags.RD);
        }
        if (answer.authoritative()) {
            header.setFlag(Flags.AA);
        }
        header.setRcode(answer.rcode());
        Message response = new Message();
        response.setHeader(header);
        if (query.getQuestion() != null) {
            response.addRecord(query.getQuestion(), Section.QUESTION);
        }
        add(response, answer.answers(), Section.ANSWER);
        add(response, answer.authority(), Section.AUTHORITY);
        add(response, answer.additional(), Section.ADDITIONAL);
        return response;
    }

    private static void add(Message response, List<Record> records, int section) {
        for (Record record : records) {
            response.addRecord(record, section);
        }
    }
}
