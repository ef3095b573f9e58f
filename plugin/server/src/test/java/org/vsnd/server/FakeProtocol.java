// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.nio.ByteBuffer;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.spi.GuestMemory;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * The smallest protocol that a server can be tried with: say hello, announce memory and take it away, run a test's code on the
 * device thread, be told many bytes. A header is the command, the length of the whole, and an error number.
 */
final class FakeProtocol implements SocketProtocol {
    static final int COMMAND = 0; // le32
    static final int LENGTH = 4; // le32
    static final int ERROR = 8; // le32
    static final int HEADER_LENGTH = 12;
    static final int MOST_LENGTH = 8192;

    static final int HELLO = 1;
    static final int ADD = 2; // start, size, access, offset: le64 each
    static final int REMOVE = 3; // start, size: le64 each
    static final int REMOVE_ALL = 4;
    static final int HOOK = 5; // value: le64
    static final int NOTIFY = 6; // value: le64
    static final int TELL = 7; // length of the reply's payload: le32
    static final int ECHO = 8; // some bytes, which come back by numbers of each size
    static final int PASS = 9; // the reply brings a descriptor
    static final int POST = 0x100; // with a command: no reply

    /** What a test wants done on the device thread. */
    interface Hook {
        void run(long value) throws Exception;
    }

    private final ServerParts parts;
    final Timer later;
    final Wakeup wakeup;
    volatile Hook hook = value -> {};
    volatile Runnable timerTask = () -> {};
    volatile int resets;
    /** So many resets are to fail for want of memory. */
    volatile int failingResets;

    volatile int closes;
    /** What {@link #PASS} passes. */
    volatile int passed;

    private boolean negotiated;

    FakeProtocol(ServerParts parts) {
        this.parts = parts;
        later = parts.loop().timer(() -> timerTask.run());
        wakeup = parts.loop().wakeup(() -> {});
    }

    GuestMemory memory() {
        return parts.memory();
    }

    @Override
    public int headerLength() {
        return HEADER_LENGTH;
    }

    @Override
    public int mostLength() {
        return MOST_LENGTH;
    }

    @Override
    public boolean negotiated() {
        return negotiated;
    }

    @Override
    public long lengthOf(Message message) throws ProtocolException {
        long length = Integer.toUnsignedLong(message.bytes().getInt(LENGTH));
        if (length < HEADER_LENGTH || (!negotiated && message.bytes().getInt(COMMAND) != HELLO)) {
            throw new ProtocolException("it does not say hello");
        }
        return length;
    }

    @Override
    public void handle(Message message, Reply reply) throws ProtocolException {
        switch (message.bytes().getInt(COMMAND) & ~POST) {
            case HELLO -> negotiated = true;
            case ADD -> add(message, reply);
            case REMOVE -> reply.error(parts.announced().remove(message.u64(0), message.u64(8)) ? 0 : Errno.ENOENT);
            case REMOVE_ALL -> parts.announced().removeAll();
            case HOOK -> runHook(message.u64(0));
            case NOTIFY -> {
                if (parts.notifications().begins()) {
                    runHook(message.u64(0));
                    parts.notifications().ends();
                } else {
                    runHook(message.u64(0));
                }
            }
            case TELL -> reply.payload(message.u32(0));
            case PASS -> reply.descriptor(passed);
            case ECHO -> echo(message, reply);
            default -> throw new ProtocolException("it asks for what nobody knows", Errno.ENOSYS);
        }
    }

    private static void echo(Message message, Reply reply) {
        int length = message.payloadLength();
        reply.payload(length);
        int at = 0;
        for (int size : new int[] {1, 2, 4, 8}) {
            reply.number(at, size, message.number(at, size));
            at += size;
        }
        reply.copy(at, message.copy(at, length - at));
    }

    private void add(Message message, Reply reply) {
        int errno = parts.announced().refusal(message.u64(0), message.u64(8));
        if (errno != 0) {
            reply.error(errno);
            return;
        }
        long access = message.u64(16);
        int fd = message.fds().count() == 0
                ? AnnouncedMemory.NO_FILE
                : message.fds().get(0);
        try {
            parts.announced()
                    .add(message.u64(0), message.u64(8), (access & 1) != 0, (access & 2) != 0, fd, message.u64(24));
        } catch (ErrnoException e) {
            parts.log().warn(() -> "the file cannot be used: " + e.getMessage());
            reply.error(e.errno());
        }
    }

    private void runHook(long value) {
        try {
            hook.run(value);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public int finish(Message message, Reply reply) {
        int command = message.bytes().getInt(COMMAND);
        if ((command & POST) != 0) {
            return 0;
        }
        ByteBuffer header = reply.bytes();
        header.putInt(COMMAND, command);
        header.putInt(LENGTH, HEADER_LENGTH + reply.payloadLength());
        header.putInt(ERROR, reply.errno());
        return HEADER_LENGTH + reply.payloadLength();
    }

    @Override
    public void clientGone() {
        negotiated = false;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the device thread only
    public void reset() {
        if (failingResets > 0) {
            failingResets--;
            throw new OutOfMemoryError("Java heap space");
        }
        resets++;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // written by the device thread only
    public void close() {
        closes++;
    }
}
