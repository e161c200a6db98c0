package io.jakube.agent.proxy;

import io.jakube.common.api.ObjectKey;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Programs the kernel from the model: iptables now, other ways behind the same model. Called by one thread at a time. */
public interface ProxyBackend {
    /**
     * Makes the kernel's state exactly that of these services, whatever it was before, without interrupting services that stay.
     *
     * @throws IOException if the kernel's state is unknown; call it again
     */
    void replace(Map<ObjectKey, List<ServicePort>> services) throws IOException;

    /**
     * Changes some services; others are not looked at.
     *
     * @param changed new ports per service; an empty list removes the service
     * @throws IOException if the kernel's state is unknown; call {@link #replace} next
     */
    void update(Map<ObjectKey, List<ServicePort>> changed) throws IOException;

    /** A cheap look whether somebody else removed what was programmed. */
    boolean isIntact() throws IOException;

    /** Removes all of it. */
    void cleanup() throws IOException;
}
