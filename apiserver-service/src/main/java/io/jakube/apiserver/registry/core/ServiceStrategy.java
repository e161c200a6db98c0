package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.ensureObject;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.core.allocation.ServiceAllocations;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.Errors;
import io.jakube.apiserver.validation.NameRule;
import io.jakube.apiserver.validation.ServiceValidation;
import io.jakube.common.json.Json;
import io.jakube.common.status.FieldError;
import java.util.List;

/** Services: completed, given their cluster IP and node ports, and relieved of them when they no longer need them. */
public final class ServiceStrategy implements ResourceStrategy {
    private final ServiceAllocations allocations;

    public ServiceStrategy(ServiceAllocations allocations) {
        this.allocations = allocations;
    }

    @Override
    public NameRule nameRule() {
        return NameRule.DNS1035_LABEL;
    }

    @Override
    public void prepareForCreate(ObjectNode service, RequestContext context) {
        service.putObject("status").putObject("loadBalancer");
        ObjectNode spec = ensureObject(service, "spec");
        ServiceFields.completeNew(spec);
        IpFamilies.complete(service, null);
        allocations.allocate(service, null, isDryRun(context));
    }

    @Override
    public void prepareForUpdate(ObjectNode service, ObjectNode old, RequestContext context) {
        ObjectNode spec = ensureObject(service, "spec");
        ObjectNode oldSpec = old.get("spec") instanceof ObjectNode object ? object : Json.object();
        ServiceFields.completeUpdate(spec, oldSpec);
        IpFamilies.complete(service, oldSpec);
        allocations.allocate(service, old, isDryRun(context));
    }

    @Override
    public void afterCreate(ObjectNode service, boolean committed) {
        if (!committed) {
            allocations.releaseUnused(service, null);
        }
    }

    @Override
    public void afterUpdate(ObjectNode service, ObjectNode old, boolean committed) {
        if (committed) {
            allocations.releaseUnused(old, service);
        } else {
            allocations.releaseUnused(service, old);
        }
    }

    @Override
    public void afterDelete(ObjectNode service) {
        allocations.releaseUnused(service, null);
    }

    @Override
    public List<FieldError> validate(ObjectNode service) {
        Errors errors = new Errors();
        ServiceValidation.service(service, errors);
        return errors.list();
    }

    @Override
    public List<FieldError> validateUpdate(ObjectNode service, ObjectNode old) {
        Errors errors = new Errors();
        ServiceValidation.service(service, errors);
        ServiceValidation.serviceUpdate(service, old, errors);
        return errors.list();
    }

    @Override
    public List<FieldError> validateStatusUpdate(ObjectNode service, ObjectNode old) {
        Errors errors = new Errors();
        ServiceValidation.statusUpdate(service, old, errors);
        return errors.list();
    }

    private static boolean isDryRun(RequestContext context) {
        return context.request().query().containsKey("dryRun");
    }

    @Override
    public boolean allowCreateOnUpdate() {
        return true;
    }

    @Override
    public boolean tracksGeneration() {
        return false;
    }
}
