package io.jakube.agent.probe;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HTTPGetAction;
import io.fabric8.kubernetes.api.model.HTTPHeader;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.TCPSocketAction;
import io.grpc.Status;
import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.ExecSyncResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the actions of probes and lifecycle hooks. Blocks for up to the timeout. Thread-safe. */
public final class Handlers {
    private final ContainerRuntime runtime;
    private final boolean real;

    /** @param real false for simulated containers, which pass every check at once because there is nothing to ask */
    public Handlers(ContainerRuntime runtime, boolean real) {
        this.real = real;
        this.runtime = requireNonNull(runtime, "runtime is null");
    }

    public CheckResult probe(Probe probe, Container container, String containerId, String podIp) {
        Duration timeout = Duration.ofSeconds(probe.getTimeoutSeconds() == null ? 1 : probe.getTimeoutSeconds());
        if (!real) {
            return CheckResult.PASSED;
        }
        if (probe.getExec() != null) {
            return exec(containerId, probe.getExec().getCommand(), timeout);
        }
        if (probe.getHttpGet() != null) {
            return http(probe.getHttpGet(), container, podIp, timeout);
        }
        if (probe.getTcpSocket() != null) {
            return tcp(probe.getTcpSocket(), container, podIp, timeout);
        }
        if (probe.getGrpc() != null) {
            return GrpcCheck.check(podIp, probe.getGrpc().getPort(), probe.getGrpc().getService() == null ? "" : probe.getGrpc().getService(), timeout);
        }
        return CheckResult.PASSED;
    }

    /** Runs a {@code postStart} or {@code preStop} action. */
    public CheckResult hook(LifecycleHandler handler, Container container, String containerId, String podIp, Duration timeout) throws InterruptedException {
        if (!real) {
            return CheckResult.PASSED;
        }
        if (handler.getExec() != null) {
            return exec(containerId, handler.getExec().getCommand(), timeout);
        }
        if (handler.getHttpGet() != null) {
            return http(handler.getHttpGet(), container, podIp, timeout);
        }
        if (handler.getSleep() != null) {
            Duration wanted = Duration.ofSeconds(handler.getSleep().getSeconds());
            Thread.sleep(wanted.compareTo(timeout) > 0 ? timeout : wanted);
            return CheckResult.PASSED;
        }
        if (handler.getTcpSocket() != null) {
            return tcp(handler.getTcpSocket(), container, podIp, timeout);
        }
        return CheckResult.PASSED;
    }

    private CheckResult exec(String containerId, List<String> command, Duration timeout) {
        try {
            ExecSyncResponse response = runtime.execSync(containerId, command, timeout);
            if (response.getExitCode() == 0) {
                return CheckResult.PASSED;
            }
            String output = response.getStdout().toStringUtf8() + response.getStderr().toStringUtf8();
            return CheckResult.failed(output.isEmpty() ? "command '" + String.join(" ", command) + "' exited with " + response.getExitCode() : output);
        } catch (RuntimeFailure e) {
            if (e.code() == Status.Code.DEADLINE_EXCEEDED) {
                return CheckResult.failed("command timed out: \"" + String.join(" ", command) + "\" timed out after " + timeout.toSeconds() + "s");
            }
            return CheckResult.failed(e.rpcText());
        }
    }

    private static CheckResult http(HTTPGetAction action, Container container, String podIp, Duration timeout) {
        String host = action.getHost() == null || action.getHost().isEmpty() ? podIp : action.getHost();
        Map<String, String> headers = new LinkedHashMap<>();
        if (action.getHttpHeaders() != null) {
            for (HTTPHeader header : action.getHttpHeaders()) {
                headers.put(header.getName(), header.getValue());
            }
        }
        int port = port(action.getPort(), container);
        if (port <= 0) {
            return CheckResult.failed("couldn't find port: " + action.getPort().getValue());
        }
        return HttpCheck.get(action.getScheme() == null ? "HTTP" : action.getScheme(), host, port, action.getPath() == null ? "" : action.getPath(), headers, timeout);
    }

    private static CheckResult tcp(TCPSocketAction action, Container container, String podIp, Duration timeout) {
        String host = action.getHost() == null || action.getHost().isEmpty() ? podIp : action.getHost();
        int port = port(action.getPort(), container);
        if (port <= 0) {
            return CheckResult.failed("couldn't find port: " + action.getPort().getValue());
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) timeout.toMillis());
            return CheckResult.PASSED;
        } catch (IOException e) {
            return CheckResult.failed("dial tcp " + host + ":" + port + ": connect: " + HttpCheck.reason(e));
        }
    }

    /** @return 0 if there is no such port */
    private static int port(IntOrString port, Container container) {
        if (port.getIntVal() != null) {
            return port.getIntVal();
        }
        for (ContainerPort named : container.getPorts() == null ? List.<ContainerPort>of() : container.getPorts()) {
            if (port.getStrVal().equals(named.getName())) {
                return named.getContainerPort();
            }
        }
        try {
            return Integer.parseInt(port.getStrVal());
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
