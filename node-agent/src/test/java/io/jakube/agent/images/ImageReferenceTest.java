package io.jakube.agent.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageReferenceTest {
    private static final String DIGEST = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    @ParameterizedTest
    @CsvSource({
        "nginx, docker.io/library/nginx:latest",
        "nginx:latest, docker.io/library/nginx:latest",
        "nginx:1.27-alpine, docker.io/library/nginx:1.27-alpine",
        "docker.io/nginx, docker.io/library/nginx:latest",
        "index.docker.io/library/nginx, docker.io/library/nginx:latest",
        "acme/web, docker.io/acme/web:latest",
        "localhost/web, localhost/web:latest",
        "localhost:5000/web:2, localhost:5000/web:2",
        "registry.k8s.io/pause:3.10, registry.k8s.io/pause:3.10",
        "quay.io/a/b__c/d.e-f:v1, quay.io/a/b__c/d.e-f:v1",
        "nginx@" + DIGEST + ", docker.io/library/nginx@" + DIGEST,
        "nginx:1@" + DIGEST + ", docker.io/library/nginx@" + DIGEST,
    })
    void names_are_completed(String name, String full) {
        assertThat(ImageReference.parse(name)).hasToString(full);
        assertThat(ImageReference.parse(full)).hasToString(full);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Nginx", "nginx:", "nginx:a b", "a//b", "nginx@sha256:12", "-nginx", "docker.io/", "nginx:-x"})
    void other_text_is_refused(String name) {
        assertThatThrownBy(() -> ImageReference.parse(name)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining('"' + name + '"');
    }
}
