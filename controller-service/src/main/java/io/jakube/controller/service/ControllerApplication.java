package io.jakube.controller.service;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The controller manager's HTTP interface. */
@ApplicationPath("/")
public class ControllerApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(ControllerResource.class);
    }
}
