package io.jakube.agent.images;

/** A machine architecture, by its OCI platform name. */
public enum Architecture {
    AMD64("amd64"),
    ARM64("arm64");

    private final String ociName;

    Architecture(String ociName) {
        this.ociName = ociName;
    }

    public String ociName() {
        return ociName;
    }

    /** @throws UnsupportedOperationException on other machines than x86-64 and 64-bit ARM */
    public static Architecture current() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> AMD64;
            case "aarch64", "arm64" -> ARM64;
            case String other -> throw new UnsupportedOperationException("containers run on x86-64 and 64-bit ARM machines, this one is " + other);
        };
    }
}
