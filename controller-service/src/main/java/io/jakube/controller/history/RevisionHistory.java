package io.jakube.controller.history;

import static io.jakube.controller.pods.Numbers.orZero;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.ControllerRevisionBuilder;
import io.jakube.common.json.Json;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.pods.TemplateHash;
import io.jakube.controller.runtime.Write;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The revisions of an object's pod template, each kept as a ControllerRevision whose data is a patch ({@code kubectl rollout history|undo} reads them). Pure.
 *
 * @param current the revision of the present template; null where it has yet to be written
 * @param all in order of revision
 * @param writes what brings the history up to date: a new revision, or a higher number for one that came back
 */
public record RevisionHistory(@Nullable ControllerRevision current, List<ControllerRevision> all, List<Write> writes) {
    /** The pod label that names a pod's revision: its hash in daemon sets, its name in stateful sets. */
    public static final String LABEL = "controller-revision-hash";
    private static final Set<String> NOT_COPIED = Set.of("kubectl.kubernetes.io/last-applied-configuration", "deprecated.daemonset.template.generation");

    /**
     * @param owner the daemon set or stateful set
     * @param owned its revisions
     */
    public static RevisionHistory of(HasMetadata owner, PodTemplateSpec template, List<ControllerRevision> owned, @Nullable Integer collisions) {
        List<ControllerRevision> ordered = owned.stream().sorted(Comparator.<ControllerRevision>comparingLong(r -> orZero(r.getRevision())).thenComparing(r -> r.getMetadata().getName())).toList();
        ObjectNode data = data(template);
        long highest = ordered.isEmpty() ? 0 : orZero(ordered.getLast().getRevision());
        Optional<ControllerRevision> same = ordered.reversed().stream().filter(r -> data.equals(tree(r))).findFirst();
        if (same.isPresent()) {
            if (orZero(same.get().getRevision()) == highest) {
                return new RevisionHistory(same.get(), ordered, List.of());
            }
            ControllerRevision raised = new ControllerRevisionBuilder(same.get()).withRevision(highest + 1).build();
            return new RevisionHistory(same.get(), ordered, List.of(new Write.Update(raised)));
        }
        String hash = TemplateHash.of(template, collisions);
        Map<String, String> labels = new HashMap<>(template.getMetadata() == null || template.getMetadata().getLabels() == null ? Map.of() : template.getMetadata().getLabels());
        labels.put(LABEL, hash);
        Map<String, String> annotations = new HashMap<>();
        if (owner.getMetadata().getAnnotations() != null) {
            owner.getMetadata().getAnnotations().forEach((key, value) -> {
                if (!NOT_COPIED.contains(key)) {
                    annotations.put(key, value);
                }
            });
        }
        ControllerRevision created = new ControllerRevisionBuilder()
                .withNewMetadata()
                .withNamespace(owner.getMetadata().getNamespace())
                .withName(owner.getMetadata().getName() + "-" + hash)
                .withLabels(labels)
                .withAnnotations(annotations)
                .withOwnerReferences(OwnerReferences.toController(owner))
                .endMetadata()
                .withData(data)
                .withRevision(highest + 1)
                .build();
        return new RevisionHistory(null, ordered, List.of(new Write.Create(created)));
    }

    private static ObjectNode data(PodTemplateSpec template) {
        ObjectNode data = Json.object();
        ObjectNode tree = Json.readObject(Json.write(template));
        tree.put("$patch", "replace");
        data.putObject("spec").set("template", tree);
        return data;
    }

    private static JsonNode tree(ControllerRevision revision) {
        return Json.readObject(Json.write(revision.getData()));
    }

    /** The template a revision holds. */
    public static PodTemplateSpec template(ControllerRevision revision) {
        JsonNode tree = tree(revision).at("/spec/template");
        if (tree instanceof ObjectNode object) {
            object.remove("$patch");
        }
        return Json.convert(tree, PodTemplateSpec.class);
    }

    /** A revision's hash, as its label has it. */
    public static String hash(ControllerRevision revision) {
        return revision.getMetadata().getLabels() == null ? "" : revision.getMetadata().getLabels().getOrDefault(LABEL, "");
    }

    /** Deletions of the oldest revisions beyond a limit; those in use are kept and not counted. @param used names or hashes */
    public List<Write> beyond(int limit, Set<String> used) {
        List<ControllerRevision> idle = all.stream().filter(r -> r != current && !used.contains(r.getMetadata().getName()) && !used.contains(hash(r))).collect(Collectors.toList());
        return idle.stream().limit(Math.max(0, idle.size() - limit)).<Write>map(r -> Write.Delete.of(r, null)).toList();
    }
}
