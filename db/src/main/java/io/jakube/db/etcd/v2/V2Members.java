package io.jakube.db.etcd.v2;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import io.jakube.db.etcd.api.Member;
import io.jakube.db.etcd.api.MemberListResponse;
import io.jakube.db.etcd.transport.HttpCall;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.function.Supplier;

/** Members and statistics as version 2 shows them. */
public final class V2Members {
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private final Supplier<MemberListResponse> list;
    private final long clusterId;
    private final long memberId;
    private final Instant startedAt = Instant.now();

    /** @param list all members, the one that is shown as the leader first */
    public V2Members(Supplier<MemberListResponse> list, long clusterId, long memberId) {
        this.list = requireNonNull(list, "list is null");
        this.clusterId = clusterId;
        this.memberId = memberId;
    }

    String clusterId() {
        return Long.toHexString(clusterId);
    }

    void handle(HttpCall call) {
        String path = call.path().endsWith("/") ? call.path().substring(0, call.path().length() - 1) : call.path();
        if (!call.method().equals("GET") && path.startsWith("/v2/members")) {
            call.respond(405, JSON, message("Method Not Allowed: members come by being started on the database and go by being stopped"));
            return;
        }
        switch (path) {
            case "/v2/members" -> {
                ObjectNode body = Json.object();
                list.get().getMembersList().forEach(member -> body.withArrayProperty("members").add(member(member)));
                respond(call, body);
            }
            case "/v2/members/leader" -> respond(call, member(list.get().getMembers(0)));
            case "/v2/stats/self" -> respond(call, self());
            case "/v2/stats/leader" -> {
                ObjectNode body = Json.object().put("leader", Long.toHexString(list.get().getMembers(0).getID()));
                body.putObject("followers");
                respond(call, body);
            }
            case "/v2/stats/store" -> respond(call, Json.object().put("watchers", 0));
            default -> call.respond(404, Map.of("Content-Type", "text/plain; charset=utf-8"), "404 page not found\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    private ObjectNode self() {
        MemberListResponse members = list.get();
        String name = members.getMembersList().stream().filter(member -> member.getID() == memberId).map(Member::getName).findFirst().orElse("");
        boolean leads = members.getMembers(0).getID() == memberId;
        ObjectNode body = Json.object()
                .put("name", name)
                .put("id", Long.toHexString(memberId))
                .put("state", leads ? "StateLeader" : "StateFollower")
                .put("startTime", startedAt.toString());
        body.putObject("leaderInfo").put("leader", Long.toHexString(members.getMembers(0).getID())).put("uptime", java.time.Duration.between(startedAt, Instant.now()).toSeconds() + "s").put("startTime", startedAt.toString());
        return body.put("recvAppendRequestCnt", 0).put("sendAppendRequestCnt", 0);
    }

    private static ObjectNode member(Member member) {
        ObjectNode json = Json.object().put("id", Long.toHexString(member.getID())).put("name", member.getName());
        member.getPeerURLsList().forEach(url -> json.withArrayProperty("peerURLs").add(url));
        member.getClientURLsList().forEach(url -> json.withArrayProperty("clientURLs").add(url));
        return json;
    }

    private static void respond(HttpCall call, ObjectNode body) {
        call.respond(200, JSON, (new String(Json.write(body), StandardCharsets.UTF_8) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] message(String text) {
        return Json.write(Json.object().put("message", text));
    }
}
