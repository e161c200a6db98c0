package io.jakube.agent.volume;

/** A volume cannot be set up; the message is fit for the pod's {@code FailedMount} event. */
public final class VolumeException extends Exception {
    private static final long serialVersionUID = 1L;

    public VolumeException(String message) {
        super(message);
    }

    static VolumeException of(String volume, String cause) {
        return new VolumeException("MountVolume.SetUp failed for volume \"" + volume + "\" : " + cause);
    }
}
