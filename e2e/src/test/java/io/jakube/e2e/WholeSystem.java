package io.jakube.e2e;

import io.jakube.e2e.fixture.ClusterExtension;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of whole-system tests. All of them share one cluster, started by the first and removed after the last; each class has a namespace of its own.
 * Test methods may take a {@link io.jakube.e2e.fixture.TestCluster} and a {@link io.jakube.e2e.fixture.Kubectl} in the class's namespace.
 * Where the host cannot run them they are skipped, and say why.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ClusterExtension.class)
@interface WholeSystem {}
