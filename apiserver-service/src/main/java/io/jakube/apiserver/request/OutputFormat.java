package io.jakube.apiserver.request;

/**
 * How a client wants to be answered, as negotiated from its {@code Accept} header.
 *
 * @param encoding JSON or YAML
 * @param view the objects themselves, a table of them, or their metadata only
 * @param groupVersion {@code meta.k8s.io} version of the view, empty for {@link View#OBJECT}
 */
public record OutputFormat(Encoding encoding, View view, String groupVersion) {
    public static final OutputFormat JSON = new OutputFormat(Encoding.JSON, View.OBJECT, "");

    /** Encodings the server writes. */
    public enum Encoding {
        JSON("application/json"),
        YAML("application/yaml");

        private final String mediaType;

        Encoding(String mediaType) {
            this.mediaType = mediaType;
        }

        public String mediaType() {
            return mediaType;
        }
    }

    /** What of an object is sent (API concepts, "Receiving resources as Tables", "Metadata-only fetches"). */
    public enum View {
        OBJECT,
        TABLE,
        PARTIAL,
        PARTIAL_LIST
    }
}
