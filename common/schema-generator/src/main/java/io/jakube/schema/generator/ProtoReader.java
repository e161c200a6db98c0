package io.jakube.schema.generator;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Reads the message descriptors held by the classes of {@code client-java-proto}. */
final class ProtoReader {
    private ProtoReader() {}

    /** Messages of generally available versions by OpenAPI definition name, {@code io.k8s.api.core.v1.Container}. */
    static Map<String, Descriptor> read(Path protoJar) throws IOException {
        Map<String, Descriptor> messages = new TreeMap<>();
        try (FileSystem jar = FileSystems.newFileSystem(protoJar); var files = Files.list(jar.getPath("io/kubernetes/client/proto"))) {
            for (Path file : files.filter(f -> !f.toString().contains("$")).sorted().toList()) {
                String name = file.getFileName().toString();
                FileDescriptor descriptor = descriptor("io.kubernetes.client.proto." + name.substring(0, name.length() - ".class".length()));
                if (!descriptor.getPackage().matches(".*\\.v\\d+(alpha|beta)\\d+")) {
                    descriptor.getMessageTypes().forEach(message -> messages.put(definitionName(message), message));
                }
            }
        }
        return messages;
    }

    private static FileDescriptor descriptor(String className) {
        try {
            return (FileDescriptor) Class.forName(className).getMethod("getDescriptor").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("No descriptor in " + className, e);
        }
    }

    static String definitionName(Descriptor message) {
        return "io.k8s" + message.getFullName().substring("k8s.io".length()).replace("apiextensions_apiserver", "apiextensions-apiserver");
    }
}
