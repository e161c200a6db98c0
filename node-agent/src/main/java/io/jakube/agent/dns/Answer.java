package io.jakube.agent.dns;

import java.util.List;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;

/**
 * What to say to a question, before it is put into a message.
 *
 * @param rcode a code of {@link Rcode}
 * @param authority the zone's SOA in negative answers
 * @param additional addresses of SRV targets
 * @param authoritative whether it is about our own zone
 */
record Answer(int rcode, List<Record> answers, List<Record> authority, List<Record> additional, boolean authoritative) {
    static Answer failure(int rcode) {
        return new Answer(rcode, List.of(), List.of(), List.of(), false);
    }
}
