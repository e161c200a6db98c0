package io.jakube.common.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import io.jakube.common.schema.BuiltinSchemas;
import io.jakube.common.schema.Schema;
import io.jakube.common.status.ApiException;
import org.junit.jupiter.api.Test;

class StandardPatchesTest {
    private final Patches patches = new StandardPatches();
    private final Schema pod = BuiltinSchemas.load().find(GroupVersionKind.of("v1", "Pod")).orElseThrow();
    private final Schema deployment = BuiltinSchemas.load().find(GroupVersionKind.of("apps/v1", "Deployment")).orElseThrow();

    private static JsonNode json(String text) {
        try {
            return Json.mapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private void strategic(Schema schema, String document, String patch, String expected) {
        JsonNode before = json(document);
        assertThat(patches.strategicMerge((ObjectNode) before, (ObjectNode) json(patch), schema)).isEqualTo(json(expected));
        assertThat(before).as("the document is not modified").isEqualTo(json(document));
    }

    @Test
    void jsonPatchOperations() {
        JsonNode document = json("{'a':{'b':[1,2]},'x/y':1}");
        assertThat(patches.jsonPatch(document, json("[{'op':'add','path':'/a/b/1','value':9},{'op':'add','path':'/a/b/-','value':3},{'op':'remove','path':'/x~1y'}]")))
                .isEqualTo(json("{'a':{'b':[1,9,2,3]}}"));
        assertThat(patches.jsonPatch(document, json("[{'op':'move','from':'/a/b','path':'/c'},{'op':'copy','from':'/c/0','path':'/d'},{'op':'replace','path':'/c/0','value':{}}]")))
                .isEqualTo(json("{'a':{},'x/y':1,'c':[{},2],'d':1}"));
        assertThat(patches.jsonPatch(document, json("[{'op':'test','path':'/a/b/0','value':1.0}]"))).isEqualTo(document);
    }

    @Test
    void jsonPatchRefusals() {
        JsonNode document = json("{'a':[1]}");
        for (String patch : new String[] {
            "[{'op':'remove','path':'/b'}]", "[{'op':'replace','path':'/a/1','value':1}]", "[{'op':'add','path':'/a/5','value':1}]", "[{'op':'test','path':'/a/0','value':2}]"
        }) {
            assertThatThrownBy(() -> patches.jsonPatch(document, json(patch))).as(patch).isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(422));
        }
        for (String patch : new String[] {"{}", "[{'op':'add','path':'/b'}]", "[{'op':'wipe','path':'/a'}]", "[{'op':'add','value':1}]"}) {
            assertThatThrownBy(() -> patches.jsonPatch(document, json(patch))).as(patch).isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(400));
        }
    }

    @Test
    void mergePatchRemovesNulls() {
        assertThat(patches.mergePatch(json("{'a':1,'b':{'c':[1],'d':2}}"), json("{'a':null,'b':{'c':[2],'e':{'f':null,'g':1}}}"))).isEqualTo(json("{'b':{'c':[2],'d':2,'e':{'g':1}}}"));
    }

    @Test
    void containersMergeByName() {
        strategic(pod,
                "{'spec':{'containers':[{'name':'a','image':'x','env':[{'name':'K','value':'1'}]},{'name':'b','image':'y'}]}}",
                "{'spec':{'containers':[{'name':'a','image':'z','env':[{'name':'L','value':'2'}]}]}}",
                "{'spec':{'containers':[{'name':'a','image':'z','env':[{'name':'L','value':'2'},{'name':'K','value':'1'}]},{'name':'b','image':'y'}]}}");
    }

    @Test
    void elementOrderIsSetAndElementsAreDeleted() {
        strategic(deployment,
                "{'spec':{'template':{'spec':{'containers':[{'name':'a'},{'name':'b'},{'name':'side'}]}}}}",
                "{'spec':{'template':{'spec':{'$setElementOrder/containers':[{'name':'c'},{'name':'a'}],'containers':[{'name':'c','image':'i'},{'$patch':'delete','name':'b'}]}}}}",
                "{'spec':{'template':{'spec':{'containers':[{'name':'c','image':'i'},{'name':'a'},{'name':'side'}]}}}}");
    }

    @Test
    void directivesReplaceListsAndObjects() {
        strategic(pod, "{'spec':{'containers':[{'name':'a'},{'name':'b'}]}}", "{'spec':{'containers':[{'name':'c'},{'$patch':'replace'}]}}", "{'spec':{'containers':[{'name':'c'}]}}");
        strategic(pod, "{'metadata':{'labels':{'a':'1','b':'2'}}}", "{'metadata':{'labels':{'$patch':'replace','c':'3'}}}", "{'metadata':{'labels':{'c':'3'}}}");
        strategic(pod, "{'metadata':{'labels':{'a':'1','b':'2'}}}", "{'metadata':{'labels':{'a':null}}}", "{'metadata':{'labels':{'b':'2'}}}");
    }

    @Test
    void primitiveListsAreUnitedAndThinned() {
        strategic(pod,
                "{'metadata':{'finalizers':['a','b']}}",
                "{'metadata':{'$deleteFromPrimitiveList/finalizers':['a'],'finalizers':['c'],'$setElementOrder/finalizers':['b','c']}}",
                "{'metadata':{'finalizers':['b','c']}}");
    }

    @Test
    void retainKeysDropsWhatItDoesNotName() {
        strategic(deployment,
                "{'spec':{'strategy':{'type':'RollingUpdate','rollingUpdate':{'maxSurge':1}}}}",
                "{'spec':{'strategy':{'$retainKeys':['type'],'type':'Recreate'}}}",
                "{'spec':{'strategy':{'type':'Recreate'}}}");
    }

    @Test
    void listsWithoutStrategyAreReplaced() {
        strategic(pod, "{'spec':{'containers':[{'name':'a','args':['1','2']}]}}", "{'spec':{'containers':[{'name':'a','args':['3']}]}}", "{'spec':{'containers':[{'name':'a','args':['3']}]}}");
        strategic(pod, "{'spec':{'tolerations':[{'key':'a'}]}}", "{'spec':{'tolerations':[{'key':'b'}]}}", "{'spec':{'tolerations':[{'key':'b'}]}}");
    }

    @Test
    void anElementWithoutItsKeyIsRefused() {
        assertThatThrownBy(() -> patches.strategicMerge((ObjectNode) json("{'spec':{'containers':[{'name':'a'}]}}"), (ObjectNode) json("{'spec':{'containers':[{'image':'x'}]}}"), pod))
                .isInstanceOfSatisfying(ApiException.class, e -> {
                    assertThat(e.code()).isEqualTo(400);
                    assertThat(e).hasMessageContaining("does not contain declared merge key: name");
                });
    }
}
