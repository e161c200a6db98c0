package io.jakube.apiserver.openapi;

/** The OpenAPI version a document is written in. */
enum Dialect {
    V2("#/definitions/"),
    V3("#/components/schemas/");

    private final String references;

    Dialect(String references) {
        this.references = references;
    }

    String reference(String definition) {
        return references + definition;
    }
}
