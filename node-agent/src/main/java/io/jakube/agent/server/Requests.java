package io.jakube.agent.server;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodListBuilder;
import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.AttachRequest;
import io.jakube.agent.cri.v1.ContainerState;
import io.jakube.agent.cri.v1.ExecRequest;
import io.jakube.agent.logs.LogReader;
import io.jakube.agent.pod.PodDirectory;
import io.jakube.agent.streaming.StreamBridge;
import io.jakube.common.json.Json;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Serves the requests that the README lists. Methods block; each request has a virtual thread. */
final class Requests {
    private final PodDirectory pods;
    private final boolean simulated;
    private final ContainerRuntime runtime;
    private final PodLookup lookup;
    private final StatsSummary stats;

    Requests(PodDirectory pods, ContainerRuntime runtime, String nodeName, boolean simulated) {
        this.simulated = simulated;
        this.pods = pods;
        this.runtime = runtime;
        this.lookup = new PodLookup(pods, runtime);
        this.stats = new StatsSummary(runtime, nodeName);
    }

    byte[] podList() {
        List<Pod> items = pods.list().stream()
                .map(pod -> new PodBuilder(pod).withStatus(pods.status(pod.getMetadata().getUid()).orElse(pod.getStatus())).build())
                .toList();
        return Json.write(new PodListBuilder().withItems(items).build());
    }

    byte[] summary() {
        return Json.write(stats.read());
    }

    String metrics() {
        Runtime java = Runtime.getRuntime();
        return """
                # HELP kubelet_running_pods Number of pods that have a running pod sandbox
                # TYPE kubelet_running_pods gauge
                kubelet_running_pods %d
                # HELP jvm_memory_used_bytes Used bytes of the Java heap
                # TYPE jvm_memory_used_bytes gauge
                jvm_memory_used_bytes{area="heap"} %d
                """.formatted(pods.list().size(), java.totalMemory() - java.freeMemory());
    }

    void logs(Channel channel, String namespace, String podName, String container, Query query) throws PlainError {
        Pod pod = lookup.pod(namespace, podName);
        requireProcesses();
        String id = lookup.logged(pod, container, query.flag("previous"));
        Path file = Path.of(runtime.containerStatus(id).getLogPath());
        var options = query.logOptions();
        try (ResponseStream out = new ResponseStream(channel, "text/plain; charset=utf-8")) {
            new LogReader(file, options, out, () -> isRunning(id)).copy();
        } catch (IOException e) {
            channel.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            channel.close();
        }
    }

    StreamBridge exec(String namespace, String podName, String container, Query query) throws PlainError {
        requireProcesses();
        String id = lookup.running(lookup.pod(namespace, podName), container);
        if (query.all("command").isEmpty()) {
            throw PlainError.badRequest("you must specify at least 1 command for the container");
        }
        boolean tty = query.flag("tty");
        boolean stdin = query.flag("stdin");
        boolean stdout = query.flag("stdout");
        boolean stderr = query.flag("stderr") && !tty;
        requireStreams(stdin, stdout, stderr);
        ExecRequest request = ExecRequest.newBuilder()
                .setContainerId(id)
                .addAllCmd(query.all("command"))
                .setTty(tty)
                .setStdin(stdin)
                .setStdout(stdout)
                .setStderr(stderr)
                .build();
        return StreamBridge.command(runtime.exec(request), stdin, stdout, stderr, tty);
    }

    StreamBridge attach(String namespace, String podName, String container, Query query) throws PlainError {
        requireProcesses();
        Pod pod = lookup.pod(namespace, podName);
        String id = lookup.running(pod, container);
        // A container's terminal cannot be changed after its start, whatever the client asks for.
        boolean tty = PodLookup.hasTerminal(pod, container);
        boolean stdin = query.flag("stdin");
        boolean stdout = query.flag("stdout");
        boolean stderr = query.flag("stderr") && !tty;
        requireStreams(stdin, stdout, stderr);
        AttachRequest request = AttachRequest.newBuilder()
                .setContainerId(id)
                .setTty(tty)
                .setStdin(stdin)
                .setStdout(stdout)
                .setStderr(stderr)
                .build();
        return StreamBridge.command(runtime.attach(request), stdin, stdout, stderr, tty);
    }

    StreamBridge portForward(String namespace, String podName, Query query) throws PlainError {
        requireProcesses();
        long port = query.number("port").orElseThrow(() -> PlainError.badRequest("the parameter port is missing"));
        if (port < 1 || port > 65535) {
            throw PlainError.badRequest("the port must be between 1 and 65535");
        }
        return StreamBridge.portForward(runtime.portForward(lookup.sandbox(lookup.pod(namespace, podName)), (int) port), (int) port);
    }

    private void requireProcesses() throws PlainError {
        if (simulated) {
            throw new PlainError(HttpResponseStatus.NOT_IMPLEMENTED, "this node is simulated: its containers have no processes, logs or ports");
        }
    }

    private static void requireStreams(boolean stdin, boolean stdout, boolean stderr) throws PlainError {
        if (!stdin && !stdout && !stderr) {
            throw PlainError.badRequest("you must specify at least one of stdin, stdout, stderr");
        }
    }

    private boolean isRunning(String id) {
        try {
            return runtime.containerStatus(id).getState() == ContainerState.CONTAINER_RUNNING;
        } catch (RuntimeFailure e) {
            return !e.isNotFound();
        }
    }
}
