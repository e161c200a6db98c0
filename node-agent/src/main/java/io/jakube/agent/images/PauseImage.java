package io.jakube.agent.images;

/** The pod sandbox image, built here so that no registry is needed. */
public final class PauseImage {
    /** Name under which the container runtime must look for it ({@code sandbox_image} in containerd's configuration). */
    public static final String NAME = "jakube.io/pause:1";

    private PauseImage() {}

    /** An OCI archive with the image, deterministic per architecture. */
    public static byte[] archive(Architecture architecture) {
        return new OciImageBuilder(architecture)
                .file("/pause", PauseProgram.executable(architecture), 0755)
                .entrypoint("/pause")
                .user("65535:65535")
                .archive(NAME);
    }
}
