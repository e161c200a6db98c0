package io.jakube.common.client;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.nio.file.Path;

/** Makes clients of the API from a kubeconfig file. */
public final class ApiClients {
    private ApiClients() {}

    /** The lean client that the project's components write with. @param component name for the user agent, such as {@code jakube-scheduler} */
    public static RestClient restClient(Path kubeconfig, String component) throws IOException {
        return new RestClient(KubeConfig.read(kubeconfig), userAgent(component));
    }

    /**
     * A fabric8 client, for what is comfortable with its DSL (exec, port-forward, custom resources). It never sends a request twice.
     *
     * @param component name for the user agent
     */
    public static KubernetesClient fromKubeconfig(Path kubeconfig, String component) {
        Config config = Config.fromKubeconfig(kubeconfig.toFile());
        config.setUserAgent(userAgent(component));
        config.setRequestRetryBackoffLimit(0);
        return new KubernetesClientBuilder().withConfig(config).withHttpClientFactory(new JdkHttpClientFactory()).build();
    }

    private static String userAgent(String component) {
        return component + "/1.36 (jakube)";
    }
}
