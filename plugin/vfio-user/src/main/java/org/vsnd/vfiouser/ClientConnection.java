// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.UnixSocket;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.Timer;

/**
 * One client: collects its messages as their bytes arrive, has each handled and sends the reply, without ever blocking.
 * While a reply is not fully sent, the next message is not read. Device thread only.
 */
final class ClientConnection {
    /** A client that connects must send its version within this time. */
    static final long HANDSHAKE_NANOS = 10_000_000_000L;
    /** A client must read a reply within this time. */
    static final long SEND_NANOS = 5_000_000_000L;

    private final UnixSocket socket;
    private final EventLoop loop;
    private final VersionExchange version;
    private final Dispatcher dispatcher;
    private final Message message;
    private final Reply reply;
    private final Timer patience;
    private final long mostInARow;
    private int received;
    private int sendFrom;
    private int sendTo;
    private boolean waitingToSend;
    private boolean negotiated;
    private boolean hasMore;
    private long handled;

    /** @param patience expires when the client makes us wait too long */
    ClientConnection(
            UnixSocket socket,
            EventLoop loop,
            VersionExchange version,
            Dispatcher dispatcher,
            Message message,
            Reply reply,
            Timer patience,
            CardBudget budget) {
        this.socket = socket;
        this.loop = loop;
        this.version = version;
        this.dispatcher = dispatcher;
        this.message = message;
        this.reply = reply;
        this.patience = patience;
        mostInARow = budget.most(CardBudget.Limit.WORK_PER_WAKEUP);
        patience.arm(loop.nanoTime() + HANDSHAKE_NANOS);
        loop.watch(EventLoop.CLIENT, socket.fd(), Poller.POLLIN);
    }

    /** Whether client and server have agreed on a version. */
    boolean negotiated() {
        return negotiated;
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
        return negotiated
                ? "it does not read its replies"
                : "it has not sent its version within " + HANDSHAKE_NANOS / 1_000_000_000L + " s";
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
                socket.send(reply.memory(), 0, reply.finish(message)); // best effort: the connection ends here
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
        while (received < Header.LENGTH) {
            int n = socket.receive(message.memory(), received, Header.LENGTH - received, message.fds());
            if (n < 0) {
                return n;
            }
            received += n;
            if (message.fds().truncated()) {
                throw new ProtocolException("it passed more file descriptors than can be received");
            }
            if (received == Header.LENGTH) {
                checkHeader();
            }
        }
        int size = (int) message.size();
        while (received < size) {
            int n = socket.receive(message.memory(), received, size - received);
            if (n < 0) {
                return n;
            }
            received += n;
        }
        received = 0;
        return 0;
    }

    private void checkHeader() throws ProtocolException {
        long size = message.size();
        if (!negotiated) {
            version.checkHeader(message);
        } else if ((message.flags() & Header.TYPE_MASK) != Header.TYPE_COMMAND
                || size < Header.LENGTH
                || size > Message.MAX_LENGTH) {
            throw new ProtocolException(message.describe("a vfio-user command"));
        }
    }

    private void handle() throws ProtocolException, ErrnoException {
        reply.clear();
        try {
            if (negotiated) {
                dispatcher.handle(message, reply);
            } else {
                version.answer(message, reply);
                negotiated = true;
                patience.cancel();
            }
            MappedFile.settleFaults(); // not while returning from a close or a receive, which would lose descriptors
        } finally {
            message.fds().closeAll();
        }
        handled++;
        if (message.wantsReply()) {
            sendFrom = 0;
            sendTo = reply.finish(message);
        }
    }

    /** Sends what is left of the reply; returns whether all is sent. */
    private boolean flush() throws ErrnoException {
        while (sendFrom < sendTo) {
            int n = socket.send(reply.memory(), sendFrom, sendTo - sendFrom);
            if (n == UnixSocket.DISCONNECTED) {
                sendFrom = sendTo; // reading will notice it, after what the client had already sent
                break;
            }
            if (n == UnixSocket.WOULD_BLOCK) {
                if (!waitingToSend) {
                    waitingToSend = true;
                    patience.arm(loop.nanoTime() + SEND_NANOS);
                    loop.watch(EventLoop.CLIENT, socket.fd(), Poller.POLLOUT);
                }
                return false;
            }
            sendFrom += n;
        }
        if (waitingToSend) {
            waitingToSend = false;
            patience.cancel();
            loop.watch(EventLoop.CLIENT, socket.fd(), Poller.POLLIN);
        }
        return true;
    }

    void close() {
        patience.cancel();
        loop.ignore(EventLoop.CLIENT);
        message.fds().closeAll();
        socket.close();
    }
}
