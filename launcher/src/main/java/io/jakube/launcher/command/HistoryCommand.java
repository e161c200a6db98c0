package io.jakube.launcher.command;

import io.jakube.common.api.BuiltinResources;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.db.Key;
import io.jakube.db.StoreException;
import io.jakube.db.backup.DatabaseLogin;
import io.jakube.db.history.ChangeHistory;
import io.jakube.db.history.ObjectChange;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import io.jakube.launcher.LaunchException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what became of a key. */
@Command(name = "history", mixinStandardHelpOptions = true, description = "Show who changed an object, when, and which fields, as far as history is kept. Values of Secrets are not shown.")
public final class HistoryCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KEY|RESOURCE/NAME", description = "A key of the store, or an object as kubectl names it: deployment/web, deploy/web, pods/p.")
    private String object = "";

    @Option(names = {"-n", "--namespace"}, defaultValue = "default", description = "The object's namespace (default: ${DEFAULT-VALUE}).")
    private String namespace = "default";

    @Option(names = "--limit", defaultValue = "0", description = "Most revisions to show, the newest ones (default: all that are kept).")
    private int limit;

    @Mixin
    private DatabaseOptions database = new DatabaseOptions();

    @Override
    public Integer call() {
        String key = key();
        DatabaseLogin login = database.reader();
        try (PostgresKeyValueStore store = PostgresKeyValueStore.open(StoreConfig.reader(login.url(), login.user(), login.passwordFile()))) {
            List<ObjectChange> changes = ChangeHistory.describe(store.history(Key.of(key), limit));
            if (changes.isEmpty()) {
                throw new LaunchException("The store keeps no history of " + key + ".");
            }
            boolean secret = key.startsWith("/registry/core/secrets/");
            changes.forEach(change -> print(change, secret));
            return 0;
        } catch (StoreException e) {
            throw new LaunchException("The history cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static void print(ObjectChange change, boolean secret) {
        System.out.printf("%d  %s  %s%s%n", change.revision(), change.at(), change.kind().name().toLowerCase(Locale.ROOT),
                change.managers().isEmpty() ? "" : " by " + String.join(", ", change.managers()));
        for (String line : change.changes()) {
            System.out.println("    " + (secret && (line.startsWith("data") || line.startsWith("stringData")) ? line.substring(0, line.indexOf(':')) + ": changed" : line));
        }
    }

    private String key() {
        int slash = object.indexOf('/');
        if (slash <= 0) {
            return object;
        }
        String resource = object.substring(0, slash).toLowerCase(Locale.ROOT);
        String name = object.substring(slash + 1);
        BuiltinResources resources = BuiltinResources.load();
        Optional<ResourceDefinition> found = resources.all().stream().filter(definition -> named(definition, resource)).findFirst().map(resources::storage);
        if (found.isEmpty() || name.contains("/")) {
            return object;
        }
        ResourceDefinition definition = found.get();
        String group = definition.gvk().group().isEmpty() ? "core" : definition.gvk().group();
        return "/registry/" + group + "/" + definition.plural() + "/" + (definition.namespaced() ? namespace + "/" : "") + name;
    }

    private static boolean named(ResourceDefinition definition, String resource) {
        return definition.plural().equals(resource) || definition.singular().equals(resource) || definition.shortNames().contains(resource)
                || (definition.plural() + "." + definition.gvk().group()).equals(resource);
    }
}
