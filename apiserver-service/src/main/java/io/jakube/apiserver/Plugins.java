package io.jakube.apiserver;

import io.jakube.apiserver.admission.AdmissionPlugin;
import io.jakube.apiserver.authentication.Authenticator;
import io.jakube.apiserver.authentication.Impersonation;
import io.jakube.apiserver.authorization.Authorizer;
import io.jakube.apiserver.defaulting.Defaulter;
import io.jakube.apiserver.http.UpgradeHandler;
import io.jakube.apiserver.registry.ObjectSubresource;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.request.NonResourceHandler;
import io.jakube.apiserver.table.TablePrinter;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.api.ObjectConverter;
import io.jakube.common.merge.FieldManagement;
import io.jakube.common.merge.Patches;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is plugged into the generic server. Filled once, in order, while the server is composed, and read-only afterwards.
 * Without any entry the server knows nobody, allows nothing and treats every type as plain.
 */
public final class Plugins {
    private final List<Authenticator> authenticators = new ArrayList<>();
    private Impersonation impersonation = Impersonation.NONE;
    private final List<Authorizer> authorizers = new ArrayList<>();
    private final List<AdmissionPlugin> admission = new ArrayList<>();
    private final Map<GroupResource, ResourceStrategy> strategies = new HashMap<>();
    private final Map<GroupVersionKind, Defaulter> defaulters = new HashMap<>();
    private final List<SubresourceHandler> subresources = new ArrayList<>();
    private final List<ObjectSubresource> objectSubresources = new ArrayList<>();
    private final Map<GroupResource, TablePrinter> printers = new HashMap<>();
    private final List<NonResourceHandler> nonResources = new ArrayList<>();
    private final List<UpgradeHandler> upgrades = new ArrayList<>();
    private final List<Bootstrap> bootstraps = new ArrayList<>();
    private @Nullable Patches patches;
    private @Nullable ObjectConverter converter;
    private @Nullable FieldManagement fieldManagement;

    /** A step of the server's start (default roles, the kubernetes service …). Idempotent; readiness waits for all of them. */
    public interface Bootstrap {
        /** As {@code /readyz?verbose} shows it, for example {@code poststarthook/rbac/bootstrap-roles}. */
        String name();

        /** Runs on a virtual thread of its own after the caches have filled; repeated with back-off while it throws. */
        void run() throws Exception;

        /** How long after it succeeded it is run again, until the server goes down; zero for once. */
        default Duration repeatAfter() {
            return Duration.ZERO;
        }
    }

    public Plugins authenticator(Authenticator added) {
        authenticators.add(added);
        return this;
    }

    public Plugins impersonation(Impersonation used) {
        impersonation = used;
        return this;
    }

    public Plugins authorizer(Authorizer added) {
        authorizers.add(added);
        return this;
    }

    public Plugins admission(AdmissionPlugin added) {
        admission.add(added);
        return this;
    }

    public Plugins strategy(GroupResource resource, ResourceStrategy added) {
        strategies.put(resource, added);
        return this;
    }

    public Plugins strategies(Map<GroupResource, ResourceStrategy> added) {
        strategies.putAll(added);
        return this;
    }

    public Plugins defaulter(GroupVersionKind type, Defaulter added) {
        defaulters.put(type, added);
        return this;
    }

    public Plugins defaulters(Map<GroupVersionKind, Defaulter> added) {
        defaulters.putAll(added);
        return this;
    }

    public Plugins subresource(SubresourceHandler added) {
        subresources.add(added);
        return this;
    }

    public Plugins objectSubresource(ObjectSubresource added) {
        objectSubresources.add(added);
        return this;
    }

    public Plugins converter(ObjectConverter used) {
        converter = used;
        return this;
    }

    public Plugins printer(GroupResource resource, TablePrinter added) {
        printers.put(resource, added);
        return this;
    }

    public Plugins printers(Map<GroupResource, TablePrinter> added) {
        printers.putAll(added);
        return this;
    }

    public Plugins nonResource(NonResourceHandler added) {
        nonResources.add(added);
        return this;
    }

    public Plugins upgrade(UpgradeHandler added) {
        upgrades.add(added);
        return this;
    }

    public Plugins bootstrap(Bootstrap added) {
        bootstraps.add(added);
        return this;
    }

    public Plugins patches(Patches used) {
        patches = used;
        return this;
    }

    public Plugins fieldManagement(FieldManagement used) {
        fieldManagement = used;
        return this;
    }

    public List<Authenticator> authenticators() {
        return authenticators;
    }

    public Impersonation impersonation() {
        return impersonation;
    }

    public List<Authorizer> authorizers() {
        return authorizers;
    }

    public List<AdmissionPlugin> admission() {
        return admission;
    }

    public Map<GroupResource, ResourceStrategy> strategies() {
        return strategies;
    }

    public Map<GroupVersionKind, Defaulter> defaulters() {
        return defaulters;
    }

    public List<SubresourceHandler> subresources() {
        return subresources;
    }

    public List<ObjectSubresource> objectSubresources() {
        return objectSubresources;
    }

    /** Null where every kind is served in one version only. */
    public @Nullable ObjectConverter converter() {
        return converter;
    }

    public Map<GroupResource, TablePrinter> printers() {
        return printers;
    }

    public List<NonResourceHandler> nonResources() {
        return nonResources;
    }

    public List<UpgradeHandler> upgrades() {
        return upgrades;
    }

    public List<Bootstrap> bootstraps() {
        return bootstraps;
    }

    /** Null where the server offers no patches. */
    public @Nullable Patches patches() {
        return patches;
    }

    /** Null where the server tracks no field ownership. */
    public @Nullable FieldManagement fieldManagement() {
        return fieldManagement;
    }
}
