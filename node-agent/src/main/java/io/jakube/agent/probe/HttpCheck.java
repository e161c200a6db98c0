package io.jakube.agent.probe;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * One HTTP GET as probes and lifecycle hooks make it: no redirects to other hosts matter because any status from 200 to 399 is a success, and
 * certificates are not verified (API reference, HTTPGetAction).
 */
final class HttpCheck {
    private static final int MAX_BODY = 10 * 1024;
    private static final SSLContext TRUSTING = trusting();

    private HttpCheck() {}

    /** @param headers may replace Host, User-Agent and Accept */
    static CheckResult get(String scheme, String host, int port, String path, Map<String, String> headers, Duration timeout) {
        boolean tls = scheme.equalsIgnoreCase("HTTPS");
        String address = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        String target = path.isEmpty() ? "/" : path.startsWith("/") ? path : "/" + path;
        String url = scheme.toLowerCase(Locale.ROOT) + "://" + address + target;
        try (Socket plain = new Socket()) {
            int millis = (int) Math.max(1, timeout.toMillis());
            plain.connect(new InetSocketAddress(host, port), millis);
            plain.setSoTimeout(millis);
            try (Socket socket = tls ? TRUSTING.getSocketFactory().createSocket(plain, host, port, true) : plain) {
                socket.getOutputStream().write(request(address, target, headers).getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().flush();
                return response(new BufferedInputStream(socket.getInputStream()));
            }
        } catch (ConnectException e) {
            return CheckResult.failed("Get \"" + url + "\": dial tcp " + address + ": connect: " + reason(e));
        } catch (SocketTimeoutException e) {
            return CheckResult.failed("Get \"" + url + "\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        } catch (IOException e) {
            return CheckResult.failed("Get \"" + url + "\": " + (e.getMessage() == null ? "EOF" : e.getMessage()));
        }
    }

    static String reason(IOException e) {
        String text = e.getMessage() == null ? "failed" : e.getMessage().toLowerCase(Locale.ROOT);
        return text.contains("refused") ? "connection refused" : text.contains("unreachable") || text.contains("no route") ? "no route to host" : text;
    }

    private static String request(String address, String target, Map<String, String> headers) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Host", address);
        all.put("User-Agent", "kube-probe/1.36");
        all.put("Accept", "*/*");
        headers.forEach((name, value) -> {
            all.keySet().removeIf(known -> known.equalsIgnoreCase(name));
            all.put(name, value);
        });
        all.put("Connection", "close");
        StringBuilder text = new StringBuilder("GET ").append(target).append(" HTTP/1.1\r\n");
        all.forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
        return text.append("\r\n").toString();
    }

    private static CheckResult response(InputStream in) throws IOException {
        byte[] raw = in.readNBytes(MAX_BODY);
        String text = new String(raw, StandardCharsets.UTF_8);
        if (!text.startsWith("HTTP/") || text.length() < 12) {
            return CheckResult.failed("malformed HTTP response \"" + text.lines().findFirst().orElse("") + "\"");
        }
        int status;
        try {
            status = Integer.parseInt(text.substring(9, 12));
        } catch (NumberFormatException e) {
            return CheckResult.failed("malformed HTTP status code in \"" + text.lines().findFirst().orElse("") + "\"");
        }
        return status >= 200 && status < 400 ? CheckResult.PASSED : CheckResult.failed("HTTP probe failed with statuscode: " + status);
    }

    private static SSLContext trusting() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Probes do not verify whom they talk to. */
    private static final class TrustAll extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
