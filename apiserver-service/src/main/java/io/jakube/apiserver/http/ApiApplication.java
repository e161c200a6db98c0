package io.jakube.apiserver.http;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The JAX-RS application: one resource that answers every path. */
@ApplicationPath("/")
public class ApiApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(ApiEndpoint.class);
    }
}
