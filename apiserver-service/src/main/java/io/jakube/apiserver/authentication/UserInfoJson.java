package io.jakube.apiserver.authentication;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.UserInfo;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes an identity as {@code authentication.k8s.io/v1 UserInfo}. */
final class UserInfoJson {
    private UserInfoJson() {}

    static void write(UserInfo user, ObjectNode target) {
        target.put("username", user.name());
        if (!user.uid().isEmpty()) {
            target.put("uid", user.uid());
        }
        if (!user.groups().isEmpty()) {
            fill(target.putArray("groups"), user.groups());
        }
        if (!user.extra().isEmpty()) {
            ObjectNode extra = target.putObject("extra");
            for (Map.Entry<String, List<String>> entry : new TreeMap<>(user.extra()).entrySet()) {
                fill(extra.putArray(entry.getKey()), entry.getValue());
            }
        }
    }

    private static void fill(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
