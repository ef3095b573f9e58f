// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.UnixSocket;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.CardBudget.Limit;
import org.vsnd.spi.Timer;

/**
 * One client: collects its messages as their bytes arrive, has each handled and sends the reply, without ever blocking.
 * While a reply is not fully sent, the next message is not read. Device thread only.
 */
final class ClientConnection {
    /** A client that connects must say what it is within this time. */
    static final long HANDSHAKE_NANOS = 10_000_000_000L;
    /** A client must read a reply within this time. */
    static final long SEND_NANOS = 5_000_000_000L;

    private final UnixSocket socket;
    private final EventLoop loop;
    private final Watch watch;
    private final SocketProtocol protocol;
    private final Message message;
    private final Reply reply;
    private final Timer patience;
    private final long mostInARow;
    private final long mostBefore;
    private int received;
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
     */
    ClientConnection(
            UnixSocket socket,
            EventLoop loop,
            Watch watch,
            SocketProtocol protocol,
            Message message,
            Reply reply,
            Timer patience,
            CardBudget budget) {
        this.socket = socket;
        this.loop = loop;
        this.watch = watch;
        this.protocol = protocol;
        this.message = message;
        this.reply = reply;
        this.patience = patience;
        mostInARow = budget.most(Limit.WORK_PER_WAKEUP);
        mostBefore = budget.most(Limit.BYTES_BEFORE_NEGOTIATION);
        patience.arm(loop.nanoTime() + HANDSHAKE_NANOS);
        watch.set(socket.fd(), Poller.POLLIN);
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
                return got == UnixSocket.WOULD_BLOCK;
            }
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

    /** Receives the rest of a message; 0: it is complete; otherwise why not. */
    private int receive() throws ProtocolException, ErrnoException {
        int headerLength = protocol.headerLength();
        while (received < headerLength) {
            int n = socket.receive(message.memory(), received, headerLength - received, message.fds());
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
        received = 0;
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
        watch.clear();
        message.fds().closeAll();
        socket.close();
    }
}
