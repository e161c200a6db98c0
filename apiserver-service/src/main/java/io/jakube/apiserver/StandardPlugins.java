package io.jakube.apiserver;

/** The product's list of plugins, in the order they are asked. Adding a part to the server means adding its line here. */
public final class StandardPlugins {
    private StandardPlugins() {}

    public static Plugins create(PluginContext context) {
        return new Plugins();
    }
}
