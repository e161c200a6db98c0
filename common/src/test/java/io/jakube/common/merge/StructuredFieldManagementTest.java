package io.jakube.common.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import io.jakube.common.merge.FieldManagement.Manager;
import io.jakube.common.schema.BuiltinSchemas;
import io.jakube.common.schema.Schema;
import io.jakube.common.status.ApiException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class StructuredFieldManagementTest {
    private static final Instant T1 = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant T2 = Instant.parse("2026-01-01T00:01:00Z");
    private final FieldManagement fields = new StructuredFieldManagement();
    private final Schema deployment = BuiltinSchemas.load().find(GroupVersionKind.of("apps/v1", "Deployment")).orElseThrow();
    private final Schema service = BuiltinSchemas.load().find(GroupVersionKind.of("v1", "Service")).orElseThrow();
    private final Schema configMap = BuiltinSchemas.load().find(GroupVersionKind.of("v1", "ConfigMap")).orElseThrow();

    private static ObjectNode json(String text) {
        try {
            return (ObjectNode) Json.mapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Manager by(String name) {
        return new Manager(name, "apps/v1", "");
    }

    private static JsonNode owned(ObjectNode object, String manager) {
        for (JsonNode entry : object.path("metadata").path("managedFields")) {
            if (manager.equals(entry.path("manager").asText())) {
                return entry.path("fieldsV1");
            }
        }
        return null;
    }

    private static final String DEPLOYMENT = """
            {'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d','labels':{'app':'x'}},'spec':{'replicas':3,
             'template':{'spec':{'containers':[{'name':'c','image':'i','ports':[{'containerPort':80}]}]}}}}""";

    @Test
    void aCreationOwnsWhatItSets() {
        ObjectNode created = fields.update(null, json(DEPLOYMENT), deployment, by("kubectl-create"), T1);
        assertThat(owned(created, "kubectl-create")).isEqualTo(json("""
                {'f:metadata':{'f:labels':{'.':{},'f:app':{}}},'f:spec':{'.':{},'f:replicas':{},'f:template':{'.':{},'f:spec':{'.':{},'f:containers':{'.':{},
                 'k:{\\"name\\":\\"c\\"}':{'.':{},'f:image':{},'f:name':{},'f:ports':{'.':{},'k:{\\"containerPort\\":80,\\"protocol\\":\\"TCP\\"}':{'.':{},'f:containerPort':{}}}}}}}}}"""));
        assertThat(created.path("metadata").path("managedFields").get(0).path("time").asText()).isEqualTo("2026-01-01T00:00:00Z");
    }

    @Test
    void anUpdateTakesTheFieldsItChangesAndNoOthers() {
        ObjectNode live = fields.update(null, json(DEPLOYMENT), deployment, by("a"), T1);
        ObjectNode next = live.deepCopy();
        ((ObjectNode) next.get("spec")).put("replicas", 5);
        ObjectNode updated = fields.update(live, next, deployment, by("b"), T2);
        assertThat(owned(updated, "b")).isEqualTo(json("{'f:spec':{'f:replicas':{}}}"));
        assertThat(owned(updated, "a").at("/f:spec").has("f:replicas")).isFalse();
        assertThat(fields.update(updated, updated, deployment, by("c"), T2)).isEqualTo(updated);
    }

    @Test
    void applyConflictsOverFieldsOfOthersUnlessForced() {
        ObjectNode live = fields.apply(null, json(DEPLOYMENT), deployment, by("first"), false, T1);
        ObjectNode other = json("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{'replicas':9}}");
        assertThatThrownBy(() -> fields.apply(live, other, deployment, by("second"), false, T2)).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e).hasMessage("Apply failed with 1 conflict: conflict with \"first\": .spec.replicas");
            assertThat(e.causes()).containsExactly(new ApiException.Cause("FieldManagerConflict", "conflict with \"first\"", ".spec.replicas"));
        });
        ObjectNode forced = fields.apply(live, other, deployment, by("second"), true, T2);
        assertThat(forced.at("/spec/replicas").asInt()).isEqualTo(9);
        assertThat(owned(forced, "first").at("/f:spec").has("f:replicas")).isFalse();
        assertThat(owned(forced, "second")).isEqualTo(json("{'f:spec':{'f:replicas':{}}}"));
    }

    @Test
    void sharedFieldsOfTheSameValueAreNoConflict() {
        ObjectNode live = fields.apply(null, json(DEPLOYMENT), deployment, by("first"), false, T1);
        ObjectNode same = json("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{'replicas':3}}");
        ObjectNode both = fields.apply(live, same, deployment, by("second"), false, T2);
        assertThat(owned(both, "first").at("/f:spec").has("f:replicas")).isTrue();
        assertThat(owned(both, "second").at("/f:spec").has("f:replicas")).isTrue();
    }

    @Test
    void whatIsNoLongerAppliedGoesUnlessSomeoneElseOwnsIt() {
        ObjectNode live = fields.apply(null, json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'},'data':{'a':'1','b':'2','c':'3'}}"), configMap, by("first"), false, T1);
        ObjectNode shared = fields.apply(live, json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'},'data':{'b':'2'}}"), configMap, by("second"), false, T2);
        ObjectNode less = fields.apply(shared, json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'},'data':{'c':'3'}}"), configMap, by("first"), false, T2);
        assertThat(less.get("data")).isEqualTo(json("{'b':'2','c':'3'}"));
        ObjectNode none = fields.apply(less, json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'}}"), configMap, by("first"), false, T2);
        assertThat(none.get("data")).isEqualTo(json("{'b':'2'}"));
    }

    @Test
    void anApplyThatChangesNothingReturnsTheLiveObject() {
        ObjectNode live = fields.apply(null, json(DEPLOYMENT), deployment, by("first"), false, T1);
        assertThat(fields.apply(live, json(DEPLOYMENT), deployment, by("first"), false, T2)).isSameAs(live);
    }

    @Test
    void keyedListsMergeByTheirKeysWithDefaults() {
        ObjectNode live = json("{'apiVersion':'v1','kind':'Service','metadata':{'name':'s'},'spec':{'ports':[{'port':80,'protocol':'TCP','targetPort':80},{'port':53,'protocol':'UDP'}]}}");
        ObjectNode tracked = fields.update(null, live, service, by("old"), T1);
        ObjectNode applied = fields.apply(tracked, json("{'apiVersion':'v1','kind':'Service','metadata':{'name':'s'},'spec':{'ports':[{'port':80,'name':'web'},{'port':443}]}}"), service, by("new"), false, T2);
        assertThat(applied.at("/spec/ports")).hasSize(3);
        assertThat(applied.at("/spec/ports/0")).isEqualTo(json("{'port':80,'protocol':'TCP','targetPort':80,'name':'web'}"));
    }

    @Test
    void listsWithRepeatedOrMissingKeysAreRefused() {
        assertThatThrownBy(() -> fields.apply(null, json("{'spec':{'ports':[{'port':80},{'port':80}]}}"), service, by("x"), false, T1)).hasMessageContaining("duplicate entries for key [port=80,protocol=\"TCP\"]");
        assertThatThrownBy(() -> fields.apply(null, json("{'spec':{'template':{'spec':{'containers':[{'image':'i'}]}}}}"), deployment, by("x"), false, T1)).hasMessageContaining("omits all key fields");
    }

    @Test
    void anUntrackedObjectIsTrackedFromItsFirstApply() {
        ObjectNode live = json(DEPLOYMENT);
        ObjectNode updated = fields.update(live, live.deepCopy().put("x", 1), deployment, by("u"), T1);
        assertThat(updated.path("metadata").has("managedFields")).isFalse();
        assertThatThrownBy(() -> fields.apply(live, json("{'apiVersion':'apps/v1','kind':'Deployment','metadata':{'name':'d'},'spec':{'replicas':9}}"), deployment, by("a"), false, T2))
                .hasMessage("Apply failed with 1 conflict: conflict with \"before-first-apply\" using apps/v1: .spec.replicas");
    }

    @Test
    void tooManyUpdatersShareAnEntry() {
        ObjectNode live = fields.update(null, json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'},'data':{'k0':'0'}}"), configMap, by("m0"), T1);
        for (int i = 1; i <= 14; i++) {
            ObjectNode next = live.deepCopy();
            ((ObjectNode) next.get("data")).put("k" + i, "v");
            live = fields.update(live, next, configMap, by("m" + i), T1.plusSeconds(i));
        }
        assertThat(live.path("metadata").path("managedFields")).hasSize(10);
        assertThat(owned(live, "ancient-changes").at("/f:data").has("f:k0")).isTrue();
        assertThat(owned(live, "m14")).isNotNull();
    }

    @Test
    void emptyManagedFieldsGiveUpOwnership() {
        ObjectNode live = fields.update(null, json(DEPLOYMENT), deployment, by("a"), T1);
        ObjectNode reset = live.deepCopy();
        ((ObjectNode) reset.get("metadata")).putArray("managedFields").addObject();
        assertThat(fields.update(live, reset, deployment, by("a"), T2).path("metadata").has("managedFields")).isFalse();
    }

    @Test
    void kubectlKeepsItsAnnotationInStepWithoutAConflict() {
        String annotation = "kubectl.kubernetes.io/last-applied-configuration";
        ObjectNode applied = json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'name':'m'},'data':{'a':'1'}}");
        ObjectNode before = applied.deepCopy();
        ((ObjectNode) before.get("metadata")).putObject("annotations").put(annotation, "{}");
        ObjectNode live = fields.update(null, before, configMap, by("kubectl-client-side-apply"), T1);
        ObjectNode after = fields.apply(live, applied, configMap, by("kubectl"), false, T2);
        assertThat(after.at("/metadata/annotations").path(annotation).asText()).isEqualTo(applied + "\n");
    }

    @Test
    void subresourcesHaveEntriesOfTheirOwn() {
        ObjectNode live = fields.update(null, json(DEPLOYMENT), deployment, by("a"), T1);
        ObjectNode next = live.deepCopy();
        next.putObject("status").put("replicas", 3);
        ObjectNode updated = fields.update(live, next, deployment, new Manager("a", "apps/v1", "status"), T2);
        assertThat(updated.path("metadata").path("managedFields")).hasSize(2);
        assertThat(updated.path("metadata").path("managedFields").get(1).path("subresource").asText()).isEqualTo("status");
    }
}
