package io.jakube.agent.pull;

import io.jakube.agent.cri.v1.Image;
import io.jakube.agent.pod.WaitingReason;

/** Whether a container's image can be used now. */
public sealed interface ImageResult {
    /** It is on the node. */
    record Present(Image image) implements ImageResult {}

    /** It is not, for this reason; asking again later may help. */
    record Failed(WaitingReason reason) implements ImageResult {}
}
