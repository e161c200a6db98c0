package io.jakube.apiserver.streaming.upgrade;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.streaming.wire.BytePipe;
import jakarta.servlet.http.WebConnection;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Liberty's channel of an upgraded connection: its input, and its end. Input is read below the servlet API, as Liberty's HTTP engine does: asynchronous
 * reads into buffers the channel allocates. Liberty's own {@code ServletInputStream} of an upgraded TLS connection loses bytes when more than one TLS record has arrived (seen with
 * 26.0.0.3), blocking or with a {@code ReadListener}, so it cannot be used. The channel's classes are not visible to applications, hence the reflection.
 *
 * <p>A read is outstanding as long as the pipe has room; a full pipe stops reading, which makes TCP hold back the client, until the consumer has taken
 * something. One read at a time; each is begun by the thread that completed the one before, or by the consumer.
 */
final class LibertyChannel {
    private static final Logger LOG = LoggerFactory.getLogger(LibertyChannel.class);
    private static final String PACKAGE = "com.ibm.wsspi.tcpchannel.";
    /** Where Liberty keeps what it had read beyond the request's head. */
    private static final String UNREAD = "NotUpgradedUnreadData";

    /** What keeps Liberty from closing the connection when the upgrade handler's {@code init} returns. */
    private static final String LISTENED = "UpgradedListener";

    private static final String CLOSING = "CloseUpgradedWebConnection";
    private static final String CONNECTION = "com.ibm.wsspi.channelfw.VirtualConnection";
    private static final int ABORT = -3;
    /** How long a client may take to close its end. */
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int CAPACITY = 256 * 1024;
    private static final int BUFFER = 32 * 1024;

    private final BytePipe pipe = new BytePipe(CAPACITY, this::resume);
    private final InputStream stream = pipe.asStream();
    private final WebConnection upgraded;
    private final Object connection;
    private final Object reader;
    private final Class<?> readerType;
    private final Class<?> callbackType;
    private final Object callback;
    private final int noTimeout;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean paused;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closed;

    /** @throws IOException where this is no Liberty as it is known */
    LibertyChannel(WebConnection upgraded) throws IOException {
        this.upgraded = requireNonNull(upgraded, "upgraded is null");
        try {
            connection = call(upgraded.getClass(), upgraded, "getVirtualConnection");
            Object tcp = call(upgraded.getClass(), upgraded, "getTCPConnectionContext");
            ClassLoader loader = tcp.getClass().getClassLoader();
            reader = call(Class.forName(PACKAGE + "TCPConnectionContext", false, loader), tcp, "getReadInterface");
            readerType = Class.forName(PACKAGE + "TCPReadRequestContext", false, loader);
            callbackType = Class.forName(PACKAGE + "TCPReadCompletedCallback", false, loader);
            noTimeout = Class.forName(PACKAGE + "TCPRequestContext", false, loader).getField("NO_TIMEOUT").getInt(null);
            callback = Proxy.newProxyInstance(callbackType.getClassLoader(), new Class<?>[] {callbackType}, (proxy, method, arguments) -> switch (method.getName()) {
                case "complete" -> {
                    completed();
                    yield null;
                }
                case "error" -> {
                    failed((IOException) arguments[2]);
                    yield null;
                }
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> proxy == arguments[0];
                default -> "input of an upgraded connection";
            });
        } catch (ReflectiveOperationException e) {
            throw new IOException("this version of Liberty does not let its connections be taken over: " + e, e);
        }
    }

    /** Begins to read. */
    void start() throws IOException {
        try {
            Map<Object, Object> state = state();
            state.put(LISTENED, "true");
            Object unread = state.remove(UNREAD);
            if (unread != null) {
                deliver(unread);
            }
        } catch (ReflectiveOperationException e) {
            throw new IOException("what Liberty has read already cannot be had: " + e, e);
        }
        readOn();
    }

    InputStream stream() {
        return stream;
    }

    /** Takes no more input: what still comes is read and dropped. */
    void abandon() {
        closed = true;
        pipe.abandon();
        resume();
    }

    /**
     * Closes the connection, output having been closed: Liberty leaves it open where its own input stream was not used. The client is given a moment to
     * close first, for a read that is taken back at the very moment it is fulfilled leaves Liberty polling the socket without end (seen with 26.0.0.3).
     */
    void close() {
        abandon();
        Thread.ofVirtual().name("upgraded-closing").start(this::finish);
    }

    private void finish() {
        try {
            if (!ended.await(LINGER.toMillis(), TimeUnit.MILLISECONDS)) {
                readerType.getMethod("read", long.class, callbackType, boolean.class, int.class).invoke(reader, 1L, callback, false, ABORT);
            }
            state().put(CLOSING, "true");
            Field dispatcher = upgraded.getClass().getDeclaredField("dispatcherLink");
            dispatcher.setAccessible(true);
            Object link = dispatcher.get(upgraded);
            if (link != null) {
                ClassLoader loader = reader.getClass().getClassLoader();
                Class.forName("com.ibm.wsspi.channelfw.ConnectionLink", false, loader)
                        .getMethod("close", Class.forName(CONNECTION, false, loader), Exception.class)
                        .invoke(link, connection, null);
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("closing an upgraded connection: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("unchecked")
    private Map<Object, Object> state() throws ReflectiveOperationException {
        return (Map<Object, Object>) call(Class.forName(CONNECTION, false, reader.getClass().getClassLoader()), connection, "getStateMap");
    }

    private void completed() {
        try {
            take();
            readOn();
        } catch (ReflectiveOperationException | RuntimeException e) {
            failed(new IOException(e.toString(), e));
        }
    }

    private void failed(IOException problem) {
        LOG.debug("an upgraded connection's input ended: {}", problem.getMessage());
        pipe.end(problem instanceof EOFException || closed ? null : problem);
        ended.countDown();
    }

    private void resume() {
        lock.lock();
        try {
            if (!paused || !pipe.room()) {
                return;
            }
            paused = false;
        } finally {
            lock.unlock();
        }
        readOn();
    }

    /** Reads what is there, and leaves a read outstanding unless the pipe is full. */
    private void readOn() {
        try {
            while (ended.getCount() > 0) {
                lock.lock();
                try {
                    if (!pipe.room()) {
                        paused = true;
                        return;
                    }
                } finally {
                    lock.unlock();
                }
                readerType.getMethod("setJITAllocateSize", int.class).invoke(reader, BUFFER);
                clear();
                Object now = readerType.getMethod("read", long.class, callbackType, boolean.class, int.class).invoke(reader, 1L, callback, false, noTimeout);
                if (now == null) {
                    return;
                }
                take();
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            failed(new IOException(e.toString(), e));
        }
    }

    private void clear() throws ReflectiveOperationException {
        readerType.getMethod("setBuffers", Array.newInstance(bufferType(), 0).getClass()).invoke(reader, (Object) null);
    }

    private Class<?> bufferType() throws ReflectiveOperationException {
        return readerType.getMethod("getBuffer").getReturnType();
    }

    private void take() throws ReflectiveOperationException {
        Object @Nullable [] buffers = (Object[]) call(readerType, reader, "getBuffers");
        if (buffers != null) {
            for (Object buffer : buffers) {
                if (buffer != null) {
                    call(bufferType(), buffer, "flip");
                    deliver(buffer);
                }
            }
        }
    }

    private void deliver(Object buffer) throws ReflectiveOperationException {
        Class<?> type = bufferType();
        byte[] bytes = new byte[(int) call(type, buffer, "remaining")];
        type.getMethod("get", byte[].class).invoke(buffer, (Object) bytes);
        call(type, buffer, "release");
        pipe.add(bytes);
    }

    private static Object call(Class<?> type, Object target, String method) throws ReflectiveOperationException {
        return type.getMethod(method).invoke(target);
    }
}
