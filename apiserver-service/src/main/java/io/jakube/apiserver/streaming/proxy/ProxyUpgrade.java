package io.jakube.apiserver.streaming.proxy;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.http.UpgradeHandler;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.streaming.ConnectGuard;
import io.jakube.apiserver.streaming.upgrade.Upgrades;
import io.jakube.apiserver.streaming.wire.Duplex;
import io.jakube.apiserver.streaming.wire.HttpConnection;
import io.jakube.apiserver.streaming.wire.ResponseHead;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Upgrades through a proxy subresource: the target decides; once it agrees, bytes pass unread. */
public final class ProxyUpgrade implements UpgradeHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyUpgrade.class);
    private static final int BUFFER = 16 * 1024;

    private final Map<String, String> optionsKinds;
    private final ProxyTargets targets;
    private final ConnectGuard guard;

    /** @param optionsKinds resources with the kinds admission sees */
    public ProxyUpgrade(Map<String, String> optionsKinds, ProxyTargets targets, ConnectGuard guard) {
        this.optionsKinds = Map.copyOf(optionsKinds);
        this.targets = requireNonNull(targets, "targets is null");
        this.guard = requireNonNull(guard, "guard is null");
    }

    @Override
    public boolean handles(RequestContext context) {
        RequestInfo info = context.info();
        return info.resourceRequest() && info.group().isEmpty() && info.subresource().equals("proxy") && optionsKinds.containsKey(info.resource());
    }

    @Override
    public void upgrade(RequestContext context, HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
        guard.admit(context, optionsKinds.get(context.info().resource()));
        ProxyTarget target = targets.find(context.info());
        ApiRequest asked = context.request();
        HttpConnection connection = target.connect();
        boolean upgraded = false;
        try {
            List<Map.Entry<String, String>> headers = ProxyRequest.headers(asked, target);
            headers.add(Map.entry("Connection", "Upgrade"));
            headers.add(Map.entry("Upgrade", asked.header("Upgrade").orElse("")));
            connection.send(asked.method(), ProxyRequest.target(context), headers);
            ResponseHead head = connection.response();
            Map<String, List<String>> answer = ProxyRequest.answerHeaders(head, target, ProxyRequest.prefix(context.info()));
            if (head.status() == 101) {
                List<Map.Entry<String, String>> lines = answer.entrySet().stream().flatMap(e -> e.getValue().stream().map(value -> Map.entry(e.getKey(), value))).toList();
                Upgrades.switchTo(head.header("Upgrade").orElse(""), lines, request, response, client -> join(client, connection));
                upgraded = true;
                return;
            }
            response.setStatus(head.status());
            head.header("Content-Type").ifPresent(response::setContentType);
            answer.forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
            connection.body(head, asked.method()).transferTo(response.getOutputStream());
        } catch (IOException e) {
            if (response.isCommitted()) {
                throw e;
            }
            throw target.unreachable(e);
        } finally {
            if (!upgraded) {
                connection.close();
            }
        }
    }

    private static void join(Duplex client, HttpConnection target) {
        Thread up = Thread.ofVirtual().name("proxy-up").start(() -> pump(client, target));
        pump(target, client);
        try {
            up.join(Duplex.LINGER);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        target.close();
    }

    private static void pump(Duplex from, Duplex to) {
        byte[] buffer = new byte[BUFFER];
        try {
            for (int count = from.in().read(buffer); count >= 0; count = from.in().read(buffer)) {
                to.out().write(buffer, 0, count);
                to.out().flush();
            }
        } catch (IOException e) {
            LOG.debug("a proxied connection ended: {}", e.getMessage());
        } finally {
            to.close();
        }
    }
}
