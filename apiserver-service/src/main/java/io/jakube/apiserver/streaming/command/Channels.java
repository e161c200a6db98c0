package io.jakube.apiserver.streaming.command;

/** Numbers of a command's streams in the channel protocols (KEP-4006). */
final class Channels {
    static final int STDIN = 0;
    static final int STDOUT = 1;
    static final int STDERR = 2;
    static final int ERROR = 3;
    static final int RESIZE = 4;
    /** Since v5: its data is the number of a channel that ends. */
    static final int CLOSE = 255;

    private Channels() {}
}
