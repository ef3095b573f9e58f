// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.UnixServerSocket;
import org.vsnd.nativebind.libc.UnixSocket;
import org.vsnd.spi.CardBudget;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.Timer;

/**
 * A front's clients, one after the other: accepts, serves, and cleans up however a client ends. Device thread only,
 * except the counters.
 */
final class ClientService {
    private static final System.Logger LOGGER = System.getLogger(DeviceServer.class.getName());
    private static final long ACCEPT_RETRY_NANOS = 1_000_000_000L;

    private static final int NO_CLIENT = -1;

    /** Pause after a client has gone: it bounds the processor time of clients that come and go in a loop. */
    private static final long NEXT_CLIENT_NANOS = 5_000_000;

    private final String name;
    private final UnixServerSocket listener;
    private final CardBudget budget;
    private final EventLoop loop;
    /** Requests that make no sense; clients that come and go; faults of the device. */
    private final RateLimitedLog log;

    private final RateLimitedLog comings;
    private final RateLimitedLog faults;
    private final AnnouncedMemory announced;
    private final NotifyWatch notifications;
    private final SocketProtocol protocol;
    private final Message message;
    private final Reply reply;
    private final Timer patience;
    private final Timer look;
    private final Timer acceptRetry;
    private final Watch clientWatch;
    private final Watch listenWatch;
    private @Nullable ClientConnection client;
    private boolean firstClientGone;
    private boolean resetOwed;

    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong memoryFaults = new AtomicLong();
    private volatile boolean connected;
    private volatile int memoryRanges;
    private volatile int mappings;
    private volatile long mappedBytes;

    ClientService(
            String name, UnixServerSocket listener, EventLoop loop, ClientRules rules, SocketProtocol.Factory factory)
            throws PluginException, ErrnoException {
        this.name = name;
        this.listener = listener;
        this.loop = loop;
        budget = rules.budget();
        log = new RateLimitedLog(LOGGER, budget);
        comings = new RateLimitedLog(LOGGER, budget);
        faults = new RateLimitedLog(LOGGER, budget);
        MemoryTable table = new MemoryTable();
        announced = new AnnouncedMemory(table, rules);
        UnsharedMemoryDetector detector = new UnsharedMemoryDetector();
        MappedMemory memory = new MappedMemory(table, detector);
        notifications = new NotifyWatch(detector, memory, loop, comings);
        protocol = factory.create(new ServerParts(loop, announced, memory, notifications, budget, log));
        message = new Message(protocol.headerLength(), protocol.mostLength());
        reply = new Reply(protocol.headerLength(), protocol.mostLength());
        clientWatch = loop.watch(this::serveClient);
        listenWatch = loop.watch(this::accept);
        patience = loop.timer(this::clientIsLate);
        look = loop.timer(this::lookAgain);
        acceptRetry = loop.timer(this::listenAgain);
        listenAgain();
    }

    /** Goes on with the client of the process before, if that has left one. Before the first {@link #serveOnce}. */
    void begin() {
        ConnectionKeeper keeper = protocol.keeper();
        int kept = keeper == null ? NO_CLIENT : keeper.connection();
        if (kept == NO_CLIENT) {
            return;
        }
        try {
            listenWatch.clear();
            ClientConnection resumed = connection(UnixSocket.adopt(kept));
            client = resumed;
            resumed.resume();
            connections.incrementAndGet();
            connected = true;
            showMemory();
        } catch (ProtocolException | ErrnoException e) {
            drop(System.Logger.Level.WARNING, "it cannot go on with another process: " + e.getMessage());
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private ClientConnection connection(UnixSocket socket) throws ErrnoException {
        boolean made = false;
        try {
            ClientConnection connection =
                    new ClientConnection(socket, loop, clientWatch, protocol, message, reply, patience, look, budget);
            made = true;
            return connection;
        } finally {
            if (!made) {
                patience.cancel();
                clientWatch.clear();
                socket.close();
            }
        }
    }

    private void lookAgain() {
        ClientConnection c = client;
        if (c != null) {
            c.lookAgain();
            serveClient();
        }
    }

    ServerStatistics statistics() {
        return new ServerStatistics(
                connections.get(),
                connected,
                memoryRanges,
                mappings,
                mappedBytes,
                messages.get(),
                memoryFaults.get(),
                notifications.suspected());
    }

    /** Whether a client that had said what it is has gone. */
    boolean firstClientGone() {
        return firstClientGone;
    }

    /** One wait and the work that follows from it. */
    void serveOnce() throws ErrnoException {
        try {
            loop.turn();
            MappedFile.settleFaults(); // an access to a truncated page fails here at the latest
            giveWay();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
        protocol.deviceFailed();
        resetOwed = true; // whoever the client is
        if (e instanceof InternalError && String.valueOf(e.getMessage()).contains("unsafe memory access")) {
            memoryFault();
        } else {
            say(faults, System.Logger.Level.ERROR, "the device failed; this is a fault in vsnd", "", e);
            drop(System.Logger.Level.WARNING, "the device is being reset");
        }
    }

    /** Gives way to other cards' threads of the same priority, which might otherwise wait long for their turn. */
    @SuppressWarnings("ThreadPriorityCheck") // giving way is right, whatever the scheduler does with it
    private void giveWay() {
        ClientConnection c = client;
        if ((c != null && clientWatch.ready() && c.hasMore()) || loop.wakeupPending()) {
            Thread.yield();
        }
    }

    private void serveClient() {
        ClientConnection c = client;
        if (c == null) {
            return;
        }
        boolean wasNegotiated = protocol.negotiated();
        long before = c.handled();
        try {
            boolean open = c.advance();
            messages.lazySet(messages.get() + c.handled() - before);
            if (protocol.negotiated() && !wasNegotiated) {
                connections.incrementAndGet();
                connected = true;
                say(comings, System.Logger.Level.INFO, "client connected", "", null);
            }
            showMemory();
            if (!open) {
                ended(c);
            }
        } catch (ProtocolException | ErrnoException e) {
            drop(System.Logger.Level.WARNING, String.valueOf(e.getMessage()));
        }
    }

    private void showMemory() {
        memoryRanges = announced.ranges();
        mappings = announced.mappings();
        mappedBytes = announced.mappedBytes();
    }

    private void ended(ClientConnection c) {
        if (c.midMessage()) {
            drop(System.Logger.Level.WARNING, "it left in the middle of a message");
        } else {
            drop(
                    protocol.negotiated() ? System.Logger.Level.INFO : System.Logger.Level.DEBUG,
                    "it has closed the connection");
        }
    }

    private void accept() {
        try {
            if (resetOwed) {
                resetDevice();
            }
            if (resetOwed) {
                acceptIn(ACCEPT_RETRY_NANOS);
                return;
            }
            UnixSocket socket = listener.accept();
            if (socket != null) {
                listenWatch.clear(); // the next one waits in the backlog
                client = connection(socket);
            }
        } catch (ErrnoException e) {
            log.warn(() -> name + ": cannot take a client, trying again: " + e.getMessage());
            acceptIn(ACCEPT_RETRY_NANOS);
        }
    }

    private void acceptIn(long nanos) {
        listenWatch.clear();
        acceptRetry.arm(loop.nanoTime() + nanos);
    }

    private void listenAgain() {
        if (client == null) {
            listenWatch.set(listener.fd(), Poller.POLLIN);
        }
    }

    private void clientIsLate() {
        if (client != null) {
            drop(System.Logger.Level.WARNING, client.lateness());
        }
    }

    private void say(RateLimitedLog to, System.Logger.Level level, String what, String why, @Nullable Throwable cause) {
        try {
            to.log(level, () -> name + ": " + what + why, cause);
        } catch (OutOfMemoryError e) {
            return; // dropping the client frees memory, so that comes first
        }
    }

    private void memoryFault() {
        try {
            MappedFile.settleFaults();
        } catch (InternalError another) {
            LOGGER.log(System.Logger.Level.DEBUG, "another access failed", another);
        }
        memoryFaults.incrementAndGet();
        drop(System.Logger.Level.ERROR, "its memory file was shortened while the device was using it");
    }

    /** Ends the connection and everything that came with it, and waits for the next client. */
    private void drop(System.Logger.Level level, String why) {
        ClientConnection c = client;
        client = null;
        if (c != null) {
            say(comings, level, "client dropped: ", why, null);
            c.close();
        }
        boolean negotiated = c != null && protocol.negotiated();
        ConnectionKeeper keeper = protocol.keeper();
        if (keeper != null) {
            keeper.forget();
        }
        release();
        resetOwed = resetOwed || c == null || negotiated;
        firstClientGone = firstClientGone || negotiated;
        acceptIn(NEXT_CLIENT_NANOS);
        if (resetOwed) {
            resetDevice();
        }
    }

    /** If this fails, it is tried again before the next client is served; memory may then be available. */
    private void resetDevice() {
        try {
            protocol.reset();
            resetOwed = false;
        } catch (RuntimeException | Error e) {
            say(faults, System.Logger.Level.ERROR, "the device could not be reset", "", e);
        }
    }

    private void release() {
        protocol.clientGone();
        announced.clear();
        notifications.restart();
        showMemory();
        connected = false;
    }

    /** Ends everything. */
    void close() {
        try {
            if (client != null) {
                client.close();
                client = null;
            }
            release();
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.ERROR, name + ": dropping the client failed", e);
        }
        try {
            protocol.close();
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.ERROR, name + ": closing the device failed", e);
        }
    }
}
