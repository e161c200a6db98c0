package io.jakube.scheduler.service;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The scheduler's HTTP interface. */
@ApplicationPath("/")
public class SchedulerApplication extends Application {
    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(SchedulerResource.class);
    }
}
