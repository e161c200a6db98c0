package io.jakube.controller.pods;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Lister;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.ReconcileLoop;
import java.util.function.BiPredicate;

/** Wakes owners when their pods change, and possible owners when a pod has none. */
public final class OwnedPods {
    private OwnedPods() {}

    /** @param matches whether an owner's selector matches a pod */
    public static <O extends HasMetadata> void watchInto(ControllerScope scope, ReconcileLoop loop, String group, String kind, Lister<O> owners, BiPredicate<O, Pod> matches) {
        watchInto(scope, Pod.class, loop, group, kind, owners, matches);
    }

    /** The same for any type of managed object. */
    public static <O extends HasMetadata, T extends HasMetadata> void watchInto(
            ControllerScope scope, Class<T> type, ReconcileLoop loop, String group, String kind, Lister<O> owners, BiPredicate<O, T> matches) {
        scope.watch(type, new EventHandler<T>() {
            @Override
            public void onAdd(T object) {
                wake(object);
            }

            @Override
            public void onUpdate(T old, T object) {
                OwnerReferences.controllerName(old, group, kind).ifPresent(name -> loop.add(new ObjectKey(old.getMetadata().getNamespace(), name)));
                wake(object);
            }

            @Override
            public void onDelete(T last) {
                OwnerReferences.controllerName(last, group, kind).ifPresent(name -> loop.add(new ObjectKey(last.getMetadata().getNamespace(), name)));
            }

            private void wake(T object) {
                String namespace = object.getMetadata().getNamespace();
                if (OwnerReferences.controllerOf(object).isPresent()) {
                    OwnerReferences.controllerName(object, group, kind).ifPresent(name -> loop.add(new ObjectKey(namespace, name)));
                } else {
                    for (O owner : owners.namespace(namespace)) {
                        if (matches.test(owner, object)) {
                            loop.add(ControllerScope.keyOf(owner));
                        }
                    }
                }
            }
        });
    }
}
