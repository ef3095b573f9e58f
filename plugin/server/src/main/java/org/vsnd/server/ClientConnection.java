// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.NativeBuffer;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.UnixSocket;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.spi.Timer;

/**
 * One client: collects its messages as their bytes arrive, has each handled and sends the reply, without ever blocking.
 * While a reply is not fully sent, the next message is not read. Device thread only.
 *
 * <p>With a {@link ConnectionKeeper} a message stays in the socket until that has kept it.
 */
final class ClientConnection {
    /** A client that connects must say what it is within this time. */
    static final long HANDSHAKE_NANOS = 10_000_000_000L;
    /** A client must read a reply within this time. */
    static final long SEND_NANOS = 5_000_000_000L;

    /** Pause before another look at a message of which a part has come, or which cannot be kept yet. */
    private static final long LOOK_NANOS = 1_000_000L;

    private final UnixSocket socket;
    private final EventLoop loop;
    private final Watch watch;
    private final SocketProtocol protocol;
    private final Message message;
    private final Reply reply;
    private final Timer patience;
    private final Timer look;
    private final @Nullable ConnectionKeeper keeper;
    private final long mostInARow;
    private final long mostBefore;
    private int received;
    /** All of the message has come. */
    private boolean whole;

    private int sendFrom;
    private int sendTo;
    private boolean waitingToSend;
    private boolean hasMore;
    private long handled;

    /**
     * For a new client.
     *
     * @param watch for its socket
     * @param patience expires when the client makes us wait too long
     * @param look makes the caller {@link #lookAgain}
     */
    ClientConnection(
            UnixSocket socket,
            EventLoop loop,
            Watch watch,
            SocketProtocol protocol,
            Message message,
            Reply reply,
            Timer patience,
            Timer look,
            CardBudget budget)
            throws ErrnoException {
        this.socket = socket;
        this.loop = loop;
        this.watch = watch;
        this.protocol = protocol;
        this.message = message;
        this.reply = reply;
        this.patience = patience;
        this.look = look;
        keeper = protocol.keeper();
        mostInARow = budget.most(Limit.WORK_PER_WAKEUP);
        mostBefore = budget.most(Limit.BYTES_BEFORE_NEGOTIATION);
        patience.arm(loop.nanoTime() + HANDSHAKE_NANOS);
        watch.set(socket.fd(), Poller.POLLIN);
        if (keeper != null) {
            socket.peek();
        }
    }

    /** Goes on with the client of the process before: all that has made the connection what it is is carried out again. */
    void resume() throws ProtocolException, ErrnoException {
        ConnectionKeeper kept = keeper;
        if (kept == null) {
            throw new IllegalStateException("nothing was kept");
        }
        while (kept.next(message)) {
            reply.clear();
            try {
                protocol.again(message, reply);
                MappedFile.settleFaults();
            } finally {
                message.fds().closeAll();
            }
        }
        patience.cancel();
        if (!kept.underWay(message)) {
            return;
        }
        if (inSocket()) {
            kept.notBegun();
            message.fds().closeAll();
            return;
        }
        boolean answered = socket.unread() || socket.readable();
        handle();
        if (answered) {
            sendFrom = sendTo;
        }
        flush();
    }

    /** Whether the message is the next one in the socket: the process before has kept it, and not yet removed it from there. */
    private boolean inSocket() throws ErrnoException {
        byte[] kept = message.whole();
        NativeBuffer seen = new NativeBuffer(kept.length);
        int n = 0;
        while (n < kept.length) {
            int more = socket.receive(seen, n, kept.length - n);
            if (more < 0) {
                break;
            }
            n += more;
        }
        socket.peek(); // from the beginning
        return n == kept.length && seen.bytes().clear().equals(ByteBuffer.wrap(kept));
    }

    /** A moment has passed. */
    void lookAgain() {
        watch.set(socket.fd(), Poller.POLLIN);
    }

    private void lookLater() {
        watch.clear();
        look.arm(loop.nanoTime() + LOOK_NANOS);
    }

    /** Whether part of a message is still to come. */
    boolean midMessage() {
        return received > 0;
    }

    /** Whether the last {@link #advance} ended to give others their turn. */
    boolean hasMore() {
        return hasMore;
    }

    /** Messages handled. */
    long handled() {
        return handled;
    }

    /** What the client has failed to do in time. */
    String lateness() {
        return protocol.negotiated()
                ? "it does not read its replies"
                : "it has not said what it is within " + HANDSHAKE_NANOS / 1_000_000_000L + " s";
    }

    /**
     * Goes on as far as possible without blocking.
     *
     * @return whether the client is still there
     */
    boolean advance() throws ProtocolException, ErrnoException {
        try {
            return serve();
        } catch (ProtocolException e) {
            if (e.replyErrno() != 0) {
                reply.error(e.replyErrno());
                int length = protocol.finish(message, reply);
                if (length > 0) {
                    socket.send(reply.memory(), 0, length); // once: the connection ends here, read or not
                }
            }
            throw e;
        }
    }

    private boolean serve() throws ProtocolException, ErrnoException {
        hasMore = false;
        for (int i = 0; i < mostInARow; i++) {
            if (sendFrom < sendTo && !flush()) {
                return true;
            }
            int got = receive();
            if (got != 0) {
                if (received > 0 && keeper != null) {
                    lookLater(); // what has come makes the socket readable until all has
                }
                return got == UnixSocket.WOULD_BLOCK;
            }
            if (!accepted()) {
                lookLater();
                return true;
            }
            received = 0;
            whole = false;
            handle();
            if (sendFrom < sendTo && !flush()) {
                return true;
            }
            if (loop.timerDue()) {
                break; // what is left keeps the socket readable
            }
        }
        hasMore = true;
        return true;
    }

    /** Before anything is done with a message: checks its descriptors, and keeps it; false if it cannot be kept yet. */
    private boolean accepted() throws ProtocolException, ErrnoException {
        int count = message.fds().count();
        if (keeper != null) {
            if (!keeper.keep(socket.fd(), message)) {
                return false;
            }
            int came = socket.discard(reply.memory(), message.length());
            if (came != count && count != 0) {
                throw new ProtocolException("a message has not the descriptors that it names");
            }
            count = came;
        }
        protocol.checkDescriptors(message, count);
        return true;
    }

    /**
     * Looks at the descriptors of a message that has come whole. If it has none, the kernel shows those of the next one; so they are
     * believed only if it needs some.
     */
    private void lookAtDescriptors() throws ProtocolException, ErrnoException {
        socket.peek(); // from the beginning
        socket.receive(reply.memory(), 0, message.length(), message.fds());
        if (message.fds().truncated()) {
            throw new ProtocolException("it passed more file descriptors than can be received");
        }
        if (message.fds().count() != protocol.descriptorsNeeded(message)) {
            message.fds().closeAll();
        }
    }

    /** Receives the rest of a message; 0: it is complete; otherwise why not. */
    private int receive() throws ProtocolException, ErrnoException {
        if (whole) {
            return 0;
        }
        int headerLength = protocol.headerLength();
        while (received < headerLength) {
            int n = keeper == null
                    ? socket.receive(message.memory(), received, headerLength - received, message.fds())
                    : socket.receive(message.memory(), received, headerLength - received);
            if (n < 0) {
                return n;
            }
            received += n;
            if (message.fds().truncated()) {
                throw new ProtocolException("it passed more file descriptors than can be received");
            }
            if (received == headerLength) {
                checkHeader();
            }
        }
        while (received < message.length()) {
            int n = socket.receive(message.memory(), received, message.length() - received);
            if (n < 0) {
                return n;
            }
            received += n;
        }
        if (keeper != null) {
            lookAtDescriptors();
        }
        whole = true;
        return 0;
    }

    private void checkHeader() throws ProtocolException {
        long length = protocol.lengthOf(message);
        if (!protocol.negotiated() && length > mostBefore) {
            throw new ProtocolException(
                    "its first message has " + length + " bytes, the most is " + mostBefore, Errno.EINVAL);
        }
        message.length((int) length);
    }

    private void handle() throws ProtocolException, ErrnoException {
        reply.clear();
        boolean negotiated = protocol.negotiated();
        try {
            protocol.handle(message, reply);
            MappedFile.settleFaults(); // not while returning from a close or a receive, which would lose descriptors
        } finally {
            message.fds().closeAll();
        }
        if (!negotiated && protocol.negotiated()) {
            patience.cancel();
        }
        handled++;
        sendFrom = 0;
        sendTo = protocol.finish(message, reply);
        if (sendTo == 0) {
            carriedOut();
        }
    }

    private void carriedOut() {
        if (keeper != null) {
            keeper.carriedOut(reply);
        }
    }

    /** Sends what is left of the reply; returns whether all is sent. */
    private boolean flush() throws ErrnoException {
        while (sendFrom < sendTo) {
            int n = send();
            if (n == UnixSocket.DISCONNECTED) {
                sendFrom = sendTo; // reading will notice it, after what the client had already sent
                break;
            }
            if (n == UnixSocket.WOULD_BLOCK) {
                if (!waitingToSend) {
                    waitingToSend = true;
                    patience.arm(loop.nanoTime() + SEND_NANOS);
                    watch.set(socket.fd(), Poller.POLLOUT);
                }
                return false;
            }
            sendFrom += n;
        }
        carriedOut();
        if (waitingToSend) {
            waitingToSend = false;
            patience.cancel();
            watch.set(socket.fd(), Poller.POLLIN);
        }
        return true;
    }

    /** The descriptor goes with the first byte. */
    private int send() throws ErrnoException {
        return sendFrom == 0 && reply.hasDescriptor()
                ? socket.send(reply.memory(), 0, sendTo, new int[] {reply.descriptor()})
                : socket.send(reply.memory(), sendFrom, sendTo - sendFrom);
    }

    void close() {
        patience.cancel();
        look.cancel();
        watch.clear();
        message.fds().closeAll();
        socket.close();
    }
}
