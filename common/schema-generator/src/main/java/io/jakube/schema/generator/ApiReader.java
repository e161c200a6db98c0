package io.jakube.schema.generator;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Signature;
import java.lang.classfile.instruction.ConstantInstruction;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the operations of the API from the {@code *Api} class files of {@code client-java-api}: each is a {@code …Call} method full of constants. */
final class ApiReader {
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

    /**
     * One operation.
     *
     * @param path with {@code {name}} placeholders
     * @param method upper-case HTTP method
     * @param queryParameters names
     * @param bodyClass simple name of the body's model class, or empty
     * @param resultClass simple name of the result's model class ({@code String} for connect operations), or empty
     */
    record Operation(String path, String method, Set<String> queryParameters, String bodyClass, String resultClass) {}

    private ApiReader() {}

    static List<Operation> read(Path apiJar) throws IOException {
        List<Operation> operations = new ArrayList<>();
        try (FileSystem jar = FileSystems.newFileSystem(apiJar); var files = Files.list(jar.getPath("io/kubernetes/client/openapi/apis"))) {
            for (Path file : files.filter(f -> !f.toString().contains("$") && !f.toString().contains("CustomObjects")).sorted().toList()) {
                ClassModel type = ClassFile.of().parse(Files.readAllBytes(file));
                Map<String, String> results = new HashMap<>();
                for (MethodModel method : type.methods()) {
                    String name = method.methodName().stringValue();
                    if (name.endsWith("WithHttpInfo")) {
                        results.put(name.substring(0, name.length() - "WithHttpInfo".length()), resultClass(method));
                    }
                }
                for (MethodModel method : type.methods()) {
                    String name = method.methodName().stringValue();
                    if (name.endsWith("Call") && !name.endsWith("ValidateBeforeCall")) {
                        operation(method, results.getOrDefault(name.substring(0, name.length() - "Call".length()), "")).ifPresent(operations::add);
                    }
                }
            }
        }
        return operations;
    }

    private static Optional<Operation> operation(MethodModel method, String result) {
        List<String> constants = method.code().stream()
                .flatMap(code -> code.elementStream())
                .filter(e -> e instanceof ConstantInstruction c && c.constantValue() instanceof String)
                .map(e -> (String) ((ConstantInstruction) e).constantValue())
                .toList();
        Optional<String> path = constants.stream().filter(c -> c.startsWith("/")).findFirst();
        Optional<String> verb = constants.stream().filter(METHODS::contains).reduce((_, last) -> last);
        String body = method.methodTypeSymbol().parameterList().stream()
                .map(p -> p.descriptorString())
                .filter(d -> d.contains("/openapi/models/"))
                .map(d -> d.substring(d.lastIndexOf('/') + 1, d.length() - 1))
                .findFirst()
                .orElse("");
        return path.isEmpty() || verb.isEmpty() ? Optional.empty() : Optional.of(new Operation(path.get(), verb.get(), new HashSet<>(constants), body, result));
    }

    private static String resultClass(MethodModel method) {
        return method.findAttribute(Attributes.signature())
                .map(s -> s.asMethodSignature().result())
                .filter(r -> r instanceof Signature.ClassTypeSig c && !c.typeArgs().isEmpty())
                .map(r -> ((Signature.ClassTypeSig) r).typeArgs().getFirst())
                .filter(a -> a instanceof Signature.TypeArg.Bounded b && b.boundType() instanceof Signature.ClassTypeSig)
                .map(a -> ((Signature.ClassTypeSig) ((Signature.TypeArg.Bounded) a).boundType()).className())
                .map(n -> n.substring(n.lastIndexOf('/') + 1))
                .orElse("");
    }
}
