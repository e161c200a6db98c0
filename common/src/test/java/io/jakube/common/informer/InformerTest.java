package io.jakube.common.informer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InformerTest {
    private static final class HandFedSource implements InformerSource {
        GroupResource resource;
        Sink sink;
        boolean closed;

        @Override
        public AutoCloseable start(GroupResource of, Filter filter, Sink to) {
            resource = of;
            sink = to;
            return () -> closed = true;
        }
    }

    private final HandFedSource source = new HandFedSource();
    private final List<String> seen = new ArrayList<>();
    private final Informer<Pod> informer = new Informer<>(Pod.class)
            .addIndex("node", p -> p.getSpec().getNodeName() == null ? List.of() : List.of(p.getSpec().getNodeName()))
            .addHandler(new EventHandler<>() {
                @Override
                public void onAdd(Pod pod) {
                    seen.add("+" + pod.getMetadata().getName());
                }

                @Override
                public void onUpdate(Pod old, Pod pod) {
                    seen.add(old.getMetadata().getResourceVersion() + ">" + pod.getMetadata().getResourceVersion());
                }

                @Override
                public void onDelete(Pod last) {
                    seen.add("-" + last.getMetadata().getName());
                }
            })
            .start(source);

    private static InformerSource.Item pod(String namespace, String name, long revision, String node) {
        Pod pod = new PodBuilder().withNewMetadata().withNamespace(namespace).withName(name).withResourceVersion("" + revision)
                .addNewManagedField().withManager("kubectl").endManagedField().endMetadata()
                .withNewSpec().withNodeName(node).endSpec().build();
        return new InformerSource.Item(revision, Json.write(pod));
    }

    @Test
    void followsTheFeedAndKeepsItsIndexes() {
        assertThat(source.resource).isEqualTo(GroupResource.core("pods"));
        assertThat(informer.hasSynced()).isFalse();
        source.sink.replace(List.of(pod("a", "one", 3, null), pod("b", "two", 4, "n1")), 5);
        assertThat(informer.hasSynced()).isTrue();
        assertThat(informer.revision()).isEqualTo(5);
        source.sink.apply(EventType.MODIFIED, pod("a", "one", 6, "n1"));
        assertThat(informer.lister().byIndex("node", "n1")).hasSize(2);
        source.sink.apply(EventType.MODIFIED, pod("b", "two", 7, "n2"));
        assertThat(informer.lister().byIndex("node", "n1")).extracting(p -> p.getMetadata().getName()).containsExactly("one");
        source.sink.apply(EventType.DELETED, pod("a", "one", 8, "n1"));
        assertThat(informer.lister().byIndex("node", "n1")).isEmpty();
        assertThat(informer.lister().namespace("a")).isEmpty();
        assertThat(informer.lister().namespace("b")).hasSize(1);
        assertThat(informer.lister().get("b", "two")).get().satisfies(p -> assertThat(p.getMetadata().getManagedFields()).isNullOrEmpty());
        assertThat(seen).containsExactly("+one", "+two", "3>6", "4>7", "-one");
    }

    @Test
    void aNewListTellsOnlyWhatDiffers() {
        source.sink.replace(List.of(pod("a", "one", 3, null), pod("a", "two", 4, null)), 5);
        seen.clear();
        source.sink.replace(List.of(pod("a", "two", 4, null), pod("a", "three", 9, null)), 9);
        assertThat(seen).containsExactly("-one", "+three");
    }

    @Test
    void aLateHandlerHearsOfWhatIsThere() {
        source.sink.replace(List.of(pod("a", "one", 3, null)), 5);
        List<String> late = new ArrayList<>();
        informer.addHandler(EventHandler.forEach(p -> late.add(p.getMetadata().getName())));
        assertThat(late).containsExactly("one");
    }

    @Test
    void anObjectThatCannotBeDecodedDoesNotStopTheFeed() {
        source.sink.replace(List.of(new InformerSource.Item(2, "{\"metadata\":[]}".getBytes()), pod("a", "one", 3, null)), 5);
        assertThat(informer.lister().list()).hasSize(1);
        assertThat(informer.hasSynced()).isTrue();
    }

    @Test
    void aFailingHandlerDoesNotHinderOthers() {
        Informer<Pod> other = new Informer<>(Pod.class)
                .addHandler(EventHandler.forEach(p -> {
                    throw new IllegalStateException("handler");
                }))
                .addHandler(EventHandler.forEach(p -> seen.add("other")))
                .start(source);
        source.sink.replace(List.of(pod("a", "one", 3, null)), 5);
        assertThat(seen).containsExactly("other");
        other.close();
        assertThat(source.closed).isTrue();
    }

    @Test
    void waitsForARevisionThatAWriteReturned() throws Exception {
        source.sink.replace(List.of(), 5);
        CompletableFuture<Boolean> waiting = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                waiting.complete(informer.awaitRevision(7, Duration.ofSeconds(20)));
            } catch (InterruptedException e) {
                waiting.completeExceptionally(e);
            }
        });
        source.sink.progress(6);
        source.sink.apply(EventType.ADDED, pod("a", "one", 7, null));
        assertThat(waiting.get(20, TimeUnit.SECONDS)).isTrue();
        assertThat(informer.awaitRevision(8, Duration.ofMillis(1))).isFalse();
    }
}
