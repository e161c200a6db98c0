package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.HostAlias;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.agent.system.Host;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The {@code /etc/hosts} that all containers of a pod share. */
final class HostsFile {
    private HostsFile() {}

    static void write(Path file, Pod pod, String fqdn, List<String> podIps) throws IOException {
        String text = content(pod, fqdn, podIps);
        if (Files.exists(file) && Files.readString(file).equals(text)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    static String content(Pod pod, String fqdn, List<String> podIps) {
        StringBuilder text = new StringBuilder("# Kubernetes-managed hosts file");
        if (PodSpecs.hostNetwork(pod.getSpec())) {
            text.append(" (host network).\n").append(Host.read("/etc/hosts")).append('\n');
        } else {
            text.append("""
                    .
                    127.0.0.1\tlocalhost
                    ::1\tlocalhost ip6-localhost ip6-loopback
                    fe00::0\tip6-localnet
                    fe00::0\tip6-mcastprefix
                    fe00::1\tip6-allnodes
                    fe00::2\tip6-allrouters
                    """);
            for (String ip : podIps) {
                text.append(ip).append('\t').append(fqdn.isEmpty() ? "" : fqdn + "\t").append(PodDns.shortName(pod)).append('\n');
            }
        }
        List<HostAlias> aliases = pod.getSpec().getHostAliases();
        if (aliases != null && !aliases.isEmpty()) {
            text.append("\n# Entries added by HostAliases.\n");
            for (HostAlias alias : aliases) {
                text.append(alias.getIp()).append('\t').append(String.join("\t", alias.getHostnames())).append('\n');
            }
        }
        return text.toString();
    }
}
