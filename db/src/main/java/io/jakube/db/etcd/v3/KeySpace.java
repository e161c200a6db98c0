package io.jakube.db.etcd.v3;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import java.util.Arrays;

/**
 * Where clients' keys are in the store. They are kept as they are, except that those which begin with a zero byte get a one behind it. So keys that begin with
 * two zero bytes are out of every client's sight, and the front keeps what is its own there (the version 2 tree, users and roles). The order of keys is not
 * changed by this.
 */
public final class KeySpace {
    private static final Key FIRST = Key.of(new byte[] {0, 1});
    private static final ByteString ZERO = ByteString.copyFrom(new byte[] {0});

    private KeySpace() {}

    /** A key no client can name. */
    public static Key hidden(String name) {
        byte[] text = Key.of(name).toBytes();
        byte[] bytes = new byte[text.length + 2];
        System.arraycopy(text, 0, bytes, 2, text.length);
        return Key.of(bytes);
    }

    static Key key(ByteString name) {
        if (name.isEmpty()) {
            throw EtcdError.EMPTY_KEY.exception();
        }
        return stored(name);
    }

    private static Key stored(ByteString name) {
        if (name.byteAt(0) != 0) {
            return Key.of(name.toByteArray());
        }
        byte[] bytes = new byte[name.size() + 1];
        bytes[1] = 1;
        name.copyTo(bytes, 1, 2, name.size() - 1);
        return Key.of(bytes);
    }

    static ByteString name(Key key) {
        byte[] bytes = key.toBytes();
        if (bytes[0] != 0) {
            return UnsafeByteOperations.unsafeWrap(bytes);
        }
        byte[] name = Arrays.copyOfRange(bytes, 1, bytes.length);
        name[0] = 0;
        return UnsafeByteOperations.unsafeWrap(name);
    }

    /**
     * The range of a request.
     *
     * @param end exclusive; empty for the single key, one zero byte for no end
     */
    static KeyRange range(ByteString from, ByteString end) {
        Key first = key(from);
        if (end.isEmpty()) {
            return KeyRange.single(first);
        }
        return new KeyRange(first, end.equals(ZERO) ? null : stored(end));
    }

    /** The range of a watch, where no key means the first one. */
    static KeyRange watchRange(ByteString from, ByteString end) {
        return from.isEmpty() ? range(ZERO, end) : range(from, end);
    }

    static boolean isEmpty(KeyRange range) {
        Key to = range.to();
        return to != null && range.from().compareTo(to) >= 0;
    }

    /** All keys of clients. */
    public static KeyRange everything() {
        return new KeyRange(FIRST, null);
    }
}
