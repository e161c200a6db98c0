package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.Errors;
import io.jakube.apiserver.validation.NameRule;
import io.jakube.common.status.FieldError;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** A strategy put together from rules: enough for every type that allocates nothing. Immutable. */
public final class TypeStrategy implements ResourceStrategy {
    /** Checks an object. */
    @FunctionalInterface
    public interface Rule {
        void check(ObjectNode object, Errors errors);
    }

    /** Checks or prepares an object against what it was. */
    @FunctionalInterface
    public interface UpdateRule {
        void check(ObjectNode object, ObjectNode old, Errors errors);
    }

    /** Prepares an update. */
    @FunctionalInterface
    public interface Preparation {
        void apply(ObjectNode object, ObjectNode old);
    }

    private final NameRule nameRule;
    private final Consumer<ObjectNode> create;
    private final Preparation update;
    private final Rule validation;
    private final UpdateRule updateValidation;
    private final UpdateRule statusValidation;
    private final Function<ObjectNode, List<String>> warnings;
    private final boolean createOnUpdate;
    private final boolean unconditionalUpdate;
    private final boolean separatesStatus;
    private final boolean tracksGeneration;
    private final boolean keepsStatusOnCreate;
    private final boolean returnsDeletedObject;

    private TypeStrategy(Builder builder) {
        nameRule = builder.nameRule;
        create = builder.create;
        update = builder.update;
        validation = builder.validation;
        updateValidation = builder.updateValidation;
        statusValidation = builder.statusValidation;
        warnings = builder.warnings;
        createOnUpdate = builder.createOnUpdate;
        unconditionalUpdate = builder.unconditionalUpdate;
        separatesStatus = builder.separatesStatus;
        tracksGeneration = builder.tracksGeneration;
        keepsStatusOnCreate = builder.keepsStatusOnCreate;
        returnsDeletedObject = builder.returnsDeletedObject;
    }

    /** A type without status whose generation does not move. */
    public static Builder plain() {
        return new Builder();
    }

    /** A type with a status subresource and a generation. */
    public static Builder withStatus() {
        return new Builder().separatesStatus().tracksGeneration();
    }

    @Override
    public NameRule nameRule() {
        return nameRule;
    }

    @Override
    public void prepareForCreate(ObjectNode object, RequestContext context) {
        create.accept(object);
    }

    @Override
    public void prepareForUpdate(ObjectNode object, ObjectNode old, RequestContext context) {
        update.apply(object, old);
    }

    @Override
    public List<FieldError> validate(ObjectNode object) {
        Errors errors = new Errors();
        validation.check(object, errors);
        return errors.list();
    }

    @Override
    public List<FieldError> validateUpdate(ObjectNode object, ObjectNode old) {
        Errors errors = new Errors();
        validation.check(object, errors);
        updateValidation.check(object, old, errors);
        return errors.list();
    }

    @Override
    public List<FieldError> validateStatusUpdate(ObjectNode object, ObjectNode old) {
        Errors errors = new Errors();
        statusValidation.check(object, old, errors);
        return errors.list();
    }

    @Override
    public List<String> warnings(ObjectNode object) {
        return warnings.apply(object);
    }

    @Override
    public boolean allowCreateOnUpdate() {
        return createOnUpdate;
    }

    @Override
    public boolean allowUnconditionalUpdate() {
        return unconditionalUpdate;
    }

    @Override
    public boolean separatesStatus() {
        return separatesStatus;
    }

    @Override
    public boolean tracksGeneration() {
        return tracksGeneration;
    }

    @Override
    public boolean keepsStatusOnCreate() {
        return keepsStatusOnCreate;
    }

    @Override
    public boolean returnsDeletedObject() {
        return returnsDeletedObject;
    }

    /** Collects a type's rules. */
    public static final class Builder {
        private NameRule nameRule = NameRule.DNS_SUBDOMAIN;
        private Consumer<ObjectNode> create = object -> {};
        private Preparation update = (object, old) -> {};
        private Rule validation = (object, errors) -> {};
        private UpdateRule updateValidation = (object, old, errors) -> {};
        private UpdateRule statusValidation = (object, old, errors) -> {};
        private Function<ObjectNode, List<String>> warnings = object -> List.of();
        private boolean createOnUpdate;
        private boolean unconditionalUpdate = true;
        private boolean separatesStatus;
        private boolean tracksGeneration;
        private boolean keepsStatusOnCreate;
        private boolean returnsDeletedObject;

        private Builder() {}

        public Builder named(NameRule rule) {
            nameRule = rule;
            return this;
        }

        public Builder onCreate(Consumer<ObjectNode> preparation) {
            create = preparation;
            return this;
        }

        public Builder onUpdate(Preparation preparation) {
            update = preparation;
            return this;
        }

        /** Checked on create, and on update before {@link #validatingUpdate}. */
        public Builder validating(Rule rule) {
            validation = rule;
            return this;
        }

        public Builder validatingUpdate(UpdateRule rule) {
            updateValidation = rule;
            return this;
        }

        public Builder validatingStatus(UpdateRule rule) {
            statusValidation = rule;
            return this;
        }

        public Builder warning(Function<ObjectNode, List<String>> rule) {
            warnings = rule;
            return this;
        }

        public Builder createOnUpdate() {
            createOnUpdate = true;
            return this;
        }

        public Builder noUnconditionalUpdate() {
            unconditionalUpdate = false;
            return this;
        }

        public Builder separatesStatus() {
            separatesStatus = true;
            return this;
        }

        public Builder tracksGeneration() {
            tracksGeneration = true;
            return this;
        }

        public Builder keepsStatusOnCreate() {
            keepsStatusOnCreate = true;
            return this;
        }

        public Builder returnsDeletedObject() {
            returnsDeletedObject = true;
            return this;
        }

        public TypeStrategy build() {
            return new TypeStrategy(this);
        }
    }
}
