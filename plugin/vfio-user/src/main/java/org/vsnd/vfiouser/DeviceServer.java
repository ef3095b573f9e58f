// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vfiouser;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.MappedFile;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.UnixServerSocket;
import org.vsnd.nativebind.libc.UnixSocket;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.Timer;

/**
 * One function and its clients, one after the other: accepts, serves, and cleans up however a client ends.
 * Device thread only, except the counters.
 */
final class DeviceServer {
    private static final System.Logger LOGGER = System.getLogger(VfioUserServer.class.getName());
    private static final long ACCEPT_RETRY_NANOS = 1_000_000_000L;

    /** Pause after a client has gone: it bounds the processor time of clients that come and go in a loop. */
    private static final long NEXT_CLIENT_NANOS = 5_000_000;

    private final String name;
    private final UnixServerSocket listener;
    private final ClientRules rules;
    private final EventLoop loop;
    /** Requests that make no sense; clients that come and go; faults of the device. */
    private final RateLimitedLog log;

    private final RateLimitedLog comings;
    private final RateLimitedLog faults;
    private final DmaTable table = new DmaTable();
    private final GuestFiles files;
    private final DmaCommands dma;
    private final ClientInterrupts interrupts;
    private final PciFunction function;
    private final NotifyWatch notifyWatch;
    private final VersionExchange version;
    private final Dispatcher dispatcher;
    private final Message message = new Message();
    private final Reply reply = new Reply();
    private final Timer patience;
    private final Timer acceptRetry;
    private @Nullable ClientConnection client;
    private boolean firstClientGone;
    private boolean resetOwed;

    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong messages = new AtomicLong();
    private final AtomicLong memoryFaults = new AtomicLong();
    private volatile boolean connected;
    private volatile int dmaRegions;
    private volatile int mappings;
    private volatile long mappedBytes;

    DeviceServer(
            String name,
            UnixServerSocket listener,
            EventLoop loop,
            ClientRules rules,
            VfioUserServer.FunctionFactory factory)
            throws PluginException {
        this.name = name;
        this.listener = listener;
        this.rules = rules;
        this.loop = loop;
        log = new RateLimitedLog(LOGGER, rules.budget());
        comings = new RateLimitedLog(LOGGER, rules.budget());
        faults = new RateLimitedLog(LOGGER, rules.budget());
        files = new GuestFiles(rules);
        dma = new DmaCommands(table, files, rules.budget(), log);
        interrupts = new ClientInterrupts(loop, rules.budget());
        UnsharedMemoryDetector detector = new UnsharedMemoryDetector();
        DmaMemory memory = new DmaMemory(table, detector);
        Host host = new VfioHost(memory, interrupts, loop, rules.budget());
        function = factory.create(host);
        PciLayout layout = PciLayout.of(function);
        notifyWatch = new NotifyWatch(layout, detector, memory, loop, comings);
        version = new VersionExchange(rules.budget());
        dispatcher = new Dispatcher(
                function,
                new RegionAccess(function, notifyWatch, log),
                dma,
                new SetIrqs(function, interrupts, layout.msixVectors()),
                interrupts,
                log);
        patience = loop.timer(this::clientIsLate);
        acceptRetry = loop.timer(this::listenAgain);
        listenAgain();
    }

    PciFunction function() {
        return function;
    }

    ServerStatistics statistics() {
        return new ServerStatistics(
                connections.get(),
                connected,
                dmaRegions,
                mappings,
                mappedBytes,
                messages.get(),
                memoryFaults.get(),
                notifyWatch.suspected());
    }

    /** Whether a client that had agreed on a version has gone. */
    boolean firstClientGone() {
        return firstClientGone;
    }

    /** One wait and the work that follows from it. */
    void serveOnce() throws ErrnoException {
        try {
            loop.await();
            loop.runTimers();
            MappedFile.settleFaults(); // here, not in the middle of a mapping or while holding a descriptor
            loop.runWakeups();
            MappedFile.settleFaults();
            if (loop.ready(EventLoop.RESAMPLE) != 0) {
                interrupts.intx().resampleReady();
            }
            serveClient();
            if (loop.ready(EventLoop.LISTEN) != 0) {
                accept();
            }
            MappedFile.settleFaults(); // an access to a truncated page fails here at the latest
            giveWay();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void failed(Throwable e) {
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
        if ((c != null && loop.ready(EventLoop.CLIENT) != 0 && c.hasMore()) || loop.wakeupPending()) {
            Thread.yield();
        }
    }

    private void serveClient() {
        ClientConnection c = client;
        if (c == null || loop.ready(EventLoop.CLIENT) == 0) {
            return;
        }
        boolean wasNegotiated = c.negotiated();
        long before = c.handled();
        try {
            boolean open = c.advance();
            messages.lazySet(messages.get() + c.handled() - before);
            if (c.negotiated() && !wasNegotiated) {
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
        dmaRegions = table.size();
        mappings = files.size();
        mappedBytes = files.mappedBytes();
    }

    private void ended(ClientConnection c) {
        if (c.midMessage()) {
            drop(System.Logger.Level.WARNING, "it left in the middle of a message");
        } else {
            drop(c.negotiated() ? System.Logger.Level.INFO : System.Logger.Level.DEBUG, "it has closed the connection");
        }
    }

    private void accept() {
        try {
            if (resetOwed) {
                resetFunction();
            }
            if (resetOwed) {
                acceptIn(ACCEPT_RETRY_NANOS);
                return;
            }
            UnixSocket socket = listener.accept();
            if (socket != null) {
                loop.ignore(EventLoop.LISTEN); // the next one waits in the backlog
                client = new ClientConnection(
                        socket, loop, version, dispatcher, message, reply, patience, rules.budget());
            }
        } catch (ErrnoException e) {
            log.warn(() -> name + ": cannot take a client, trying again: " + e.getMessage());
            acceptIn(ACCEPT_RETRY_NANOS);
        }
    }

    private void acceptIn(long nanos) {
        loop.ignore(EventLoop.LISTEN);
        acceptRetry.arm(loop.nanoTime() + nanos);
    }

    private void listenAgain() {
        if (client == null) {
            loop.watch(EventLoop.LISTEN, listener.fd(), Poller.POLLIN);
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
        release();
        resetOwed = resetOwed || c == null || c.negotiated();
        if (c != null && c.negotiated()) {
            firstClientGone = true;
        }
        acceptIn(NEXT_CLIENT_NANOS);
        if (resetOwed) {
            resetFunction();
        }
    }

    /** If this fails, it is tried again before the next client is served; memory may then be available. */
    private void resetFunction() {
        try {
            function.reset();
            resetOwed = false;
        } catch (RuntimeException | Error e) {
            say(faults, System.Logger.Level.ERROR, "the device could not be reset", "", e);
        }
        interrupts.disableAll(); // interrupts raised by the reset itself are for nobody
    }

    private void release() {
        interrupts.disableAll();
        dma.clear();
        files.clear();
        notifyWatch.restart();
        showMemory();
        connected = false;
    }

    /** Ends everything. */
    void close() {
        if (client != null) {
            client.close();
            client = null;
        }
        release();
        try {
            function.close();
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.ERROR, name + ": closing the device failed", e);
        }
        interrupts.disableAll();
    }
}
