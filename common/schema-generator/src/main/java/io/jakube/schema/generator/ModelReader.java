package io.jakube.schema.generator;

import io.jakube.schema.generator.ModelClass.Field;
import io.jakube.schema.generator.ModelClass.JavaType;
import java.io.IOException;
import java.lang.classfile.Annotation;
import java.lang.classfile.AnnotationElement;
import java.lang.classfile.AnnotationValue;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.Signature;
import java.lang.classfile.instruction.FieldInstruction;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads field names, types, documentation and required flags from the class files of {@code client-java-api}, without loading them. */
final class ModelReader {
    private static final String SERIALIZED_NAME = "Lcom/google/gson/annotations/SerializedName;";
    private static final String PROPERTY = "Lio/swagger/annotations/ApiModelProperty;";
    private static final String MODEL = "Lio/swagger/annotations/ApiModel;";
    private static final String NONNULL = "Ljakarta/annotation/Nonnull;";

    private ModelReader() {}

    /** All model classes by simple name. */
    static Map<String, ModelClass> read(Path apiJar) throws IOException {
        Map<String, ModelClass> models = new TreeMap<>();
        try (FileSystem jar = FileSystems.newFileSystem(apiJar); var files = Files.list(jar.getPath("io/kubernetes/client/openapi/models"))) {
            for (Path file : files.filter(f -> !f.toString().contains("$")).toList()) {
                ModelClass model = model(ClassFile.of().parse(Files.readAllBytes(file)));
                models.put(model.className(), model);
            }
        }
        return models;
    }

    private static ModelClass model(ClassModel type) {
        Map<String, MethodModel> getters = new HashMap<>();
        for (MethodModel method : type.methods()) {
            String name = method.methodName().stringValue();
            if ((name.startsWith("get") || name.startsWith("is")) && method.methodTypeSymbol().parameterCount() == 0) {
                readField(method).ifPresent(field -> getters.put(field, method));
            }
        }
        List<Field> fields = new ArrayList<>();
        for (FieldModel field : type.fields()) {
            Optional<Annotation> serialized = annotation(field.findAttribute(Attributes.runtimeVisibleAnnotations()).map(a -> a.annotations()), SERIALIZED_NAME);
            if (serialized.isEmpty()) {
                continue;
            }
            MethodModel getter = getters.get(field.fieldName().stringValue());
            var annotations = getter == null ? Optional.<List<Annotation>>empty() : getter.findAttribute(Attributes.runtimeVisibleAnnotations()).map(a -> a.annotations());
            Signature signature = field.findAttribute(Attributes.signature())
                    .map(s -> s.asTypeSignature())
                    .orElseGet(() -> Signature.of(field.fieldTypeSymbol()));
            fields.add(new Field(
                    text(serialized, "value"),
                    javaType(signature),
                    text(annotation(annotations, PROPERTY), "value"),
                    annotation(annotations, NONNULL).isPresent()));
        }
        Optional<Annotation> model = annotation(type.findAttribute(Attributes.runtimeVisibleAnnotations()).map(a -> a.annotations()), MODEL);
        return new ModelClass(simple(type.thisClass().asInternalName()), text(model, "description"), fields);
    }

    /** Name of the field a getter returns. */
    private static Optional<String> readField(MethodModel getter) {
        return getter.code().flatMap(code -> code.elementStream()
                .filter(e -> e instanceof FieldInstruction f && f.opcode() == Opcode.GETFIELD)
                .map(e -> ((FieldInstruction) e).name().stringValue())
                .findFirst());
    }

    private static JavaType javaType(Signature signature) {
        return switch (signature) {
            case Signature.ArrayTypeSig array -> new JavaType(javaType(array.componentSignature()).name() + "[]", List.of());
            case Signature.BaseTypeSig base -> new JavaType(base.baseType() == 'B' ? "byte" : String.valueOf(base.baseType()), List.of());
            case Signature.ClassTypeSig type -> new JavaType(simple(type.className()), type.typeArgs().stream()
                    .map(arg -> switch (arg) {
                        case Signature.TypeArg.Bounded bounded -> javaType(bounded.boundType());
                        case Signature.TypeArg.Unbounded _ -> new JavaType("Object", List.of());
                    })
                    .toList());
            case Signature.TypeVarSig variable -> throw new IllegalArgumentException("unexpected type variable " + variable);
        };
    }

    private static Optional<Annotation> annotation(Optional<List<Annotation>> annotations, String descriptor) {
        return annotations.flatMap(list -> list.stream().filter(a -> a.className().equalsString(descriptor)).findFirst());
    }

    private static String text(Optional<Annotation> annotation, String element) {
        return annotation.stream()
                .flatMap(a -> a.elements().stream())
                .filter(e -> e.name().equalsString(element))
                .map(AnnotationElement::value)
                .map(v -> v instanceof AnnotationValue.OfString s ? s.stringValue() : "")
                .findFirst()
                .orElse("");
    }

    private static String simple(String internalName) {
        return internalName.substring(internalName.lastIndexOf('/') + 1);
    }
}
