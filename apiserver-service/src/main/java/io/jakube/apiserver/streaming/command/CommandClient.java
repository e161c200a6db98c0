package io.jakube.apiserver.streaming.command;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A command's streams as a client's protocol carries them. One thread reads and another writes. */
interface CommandClient {
    /**
     * Something from the client.
     *
     * @param channel {@link Channels#STDIN} or {@link Channels#RESIZE}, others are of no meaning
     * @param data the channel's bytes from {@code offset} on
     * @param end whether the channel ends after them
     */
    record Input(int channel, byte[] data, int offset, boolean end) {}

    /** Waits until output can be written. Comes before everything else. @throws IOException where the client does not ask for what it announced */
    void open() throws IOException;

    /** Waits for input. @return null when the client has closed the connection */
    @Nullable Input read() throws IOException;

    /** Sends output. @param channel {@link Channels#STDOUT} or {@link Channels#STDERR} */
    void write(int channel, byte[] data, int offset, int length) throws IOException;

    /** Sends how the command ended. @param status a {@code Status} as JSON */
    void status(byte[] status) throws IOException;

    /** Says that no more will be written; the client then closes. */
    void finish() throws IOException;
}
