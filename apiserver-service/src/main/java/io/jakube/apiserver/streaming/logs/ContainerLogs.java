package io.jakube.apiserver.streaming.logs;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.streaming.PodTarget;
import io.jakube.apiserver.streaming.node.NodeErrors;
import io.jakube.apiserver.streaming.node.Nodes;
import io.jakube.apiserver.streaming.wire.HttpConnection;
import io.jakube.apiserver.streaming.wire.ResponseHead;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Opens containers' logs on their nodes. Thread-safe. */
public final class ContainerLogs {
    private final ObjectStore objects;
    private final Nodes nodes;

    public ContainerLogs(ObjectStore objects, Nodes nodes) {
        this.objects = requireNonNull(objects, "objects is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
    }

    /**
     * A log being read.
     *
     * @param connection to be closed by whoever reads
     * @param follow whether the text may pause
     */
    record OpenLog(HttpConnection connection, InputStream text, boolean follow) {}

    /**
     * Asks the node for the log a request means.
     *
     * @return empty while the pod is not bound to a node
     * @throws io.jakube.common.status.ApiException 400 for unusable options or containers, 404 for an unknown pod, and what the node answers
     */
    Optional<OpenLog> open(RequestContext context) {
        LogOptions options = LogOptions.parse(context.request(), context.info().name());
        PodTarget pod = PodTarget.find(objects, context.info().namespace(), context.info().name());
        String container = pod.container(options.container());
        if (pod.node().isEmpty()) {
            return Optional.empty();
        }
        Nodes.Address address = nodes.address(pod.node());
        HttpConnection connection = nodes.connect(address);
        try {
            connection.send("GET", options.target(pod.namespace(), pod.name(), container), LogOptions.headers(address.authority()));
            ResponseHead head = connection.response();
            InputStream text = connection.body(head, "GET");
            if (head.status() != 200) {
                throw NodeErrors.of(head, text, context.info());
            }
            return Optional.of(new OpenLog(connection, text, options.follow()));
        } catch (IOException e) {
            connection.close();
            throw Nodes.unreachable(address, e);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }
}
