// SPDX-License-Identifier: Apache-2.0
package org.vsnd.server;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.RealtimePriority;
import org.vsnd.nativebind.libc.ThreadCpuClock;
import org.vsnd.nativebind.libc.UnixServerSocket;
import org.vsnd.spi.PluginException;

/**
 * Offers one device on a Unix socket, with the protocol of its {@link SocketProtocol}, to one client at a time: while one is
 * connected the next waits, and gets the device after a reset when its predecessor has gone. Several servers may live in
 * one process, each with its own thread.
 *
 * <p>{@link #run} makes its caller the device thread. {@link #close} and {@link #statistics} are for any thread.
 */
public final class DeviceServer implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(DeviceServer.class.getName());
    private static final int REALTIME_PRIORITY = 50;
    private static final long CLOSE_SECONDS = 5;

    private final String name;
    private final EventLoop loop;
    private final UnixServerSocket listener;
    private final ClientService clients;
    private final Object lifeCycle = new Object();
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Thread thread;
    private volatile boolean closing;

    /** Creates a socket and the device, with the standard rules for clients. */
    public DeviceServer(Path socketPath, SocketAccess access, SocketProtocol.Factory factory)
            throws ServerException, PluginException {
        this(Endpoint.file(socketPath, access), ClientRules.STANDARD, factory);
    }

    /**
     * Creates the socket and the device. A socket's file gets its name when both exist: from then on clients can connect,
     * but only {@link #run} serves them. A failed start leaves no name.
     *
     * @param endpoint where clients connect
     * @param rules what a client may take and give
     * @param factory makes the device and its front
     * @throws ServerException if the socket cannot be made or used; the message says what to do
     * @throws PluginException from the factory
     */
    public DeviceServer(Endpoint endpoint, ClientRules rules, SocketProtocol.Factory factory)
            throws ServerException, PluginException {
        listener = endpoint.open();
        name = String.valueOf(endpoint.path().getFileName());
        EventLoop madeLoop = null;
        ClientService madeClients = null;
        boolean published = false;
        try {
            madeLoop = new EventLoop();
            madeClients = new ClientService(name, listener, madeLoop, rules, factory);
            endpoint.publish(listener);
            published = true;
        } catch (ErrnoException e) {
            throw new ServerException("cannot make the device's timer: " + e.getMessage(), e);
        } finally {
            if (!published) {
                if (madeClients != null) {
                    madeClients.close();
                }
                listener.close();
                if (madeLoop != null) {
                    madeLoop.close();
                }
            }
        }
        loop = madeLoop;
        clients = madeClients;
    }

    /**
     * Serves clients until {@link #close}; the calling thread is the device thread meanwhile, under a real-time priority
     * if that is granted. Everything is closed when this returns. At most one call in an object's life.
     *
     * @param once whether to return as soon as the first client that said what it is has gone
     * @throws IllegalStateException if called twice, or if the operating system fails
     */
    public void run(boolean once) {
        Thread self = Thread.currentThread();
        synchronized (lifeCycle) {
            if (closing) {
                return;
            }
            if (thread != null) {
                throw new IllegalStateException("run may be called once only");
            }
            thread = self;
        }
        String nameBefore = self.getName();
        self.setName("vsnd-device-" + name);
        boolean realtime = askForPriority();
        try {
            ThreadCpuClock cpu = new ThreadCpuClock();
            BusyThread busy = new BusyThread(
                    cpu::nanos, RealtimePriority::giveUp, () -> RealtimePriority.request(REALTIME_PRIORITY));
            clients.begin();
            while (!closing && !(once && clients.firstClientGone())) {
                clients.serveOnce();
                if (realtime) {
                    busy.look(loop.nanoTime());
                }
            }
        } catch (ErrnoException e) {
            throw new IllegalStateException(e);
        } finally {
            closing = true;
            tearDown();
            if (realtime) {
                RealtimePriority.giveUp();
            }
            self.setName(nameBefore);
            ended.countDown();
        }
    }

    private boolean askForPriority() {
        String refusal = RealtimePriority.request(REALTIME_PRIORITY).orElse(null);
        if (refusal != null) {
            LOGGER.log(
                    System.Logger.Level.INFO,
                    name + ": no real-time priority for the device thread (" + refusal
                            + "): a few wake-ups will be late; allow it with ulimit -r or CAP_SYS_NICE");
        }
        return refusal == null;
    }

    /** What happened so far. Any thread. */
    public ServerStatistics statistics() {
        return clients.statistics();
    }

    /**
     * Ends {@link #run}, closes the device and the connection and removes the socket's file; waits for that, unless
     * called by the device thread itself. Any thread; idempotent.
     */
    @Override
    public void close() {
        boolean neverRan;
        boolean self;
        synchronized (lifeCycle) {
            neverRan = thread == null && !closing;
            self = Thread.currentThread().equals(thread);
            closing = true;
        }
        if (neverRan) {
            tearDown();
            ended.countDown();
        } else if (!self) {
            loop.interrupt();
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            if (!ended.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOGGER.log(System.Logger.Level.ERROR, name + ": the device thread does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tearDown() {
        try {
            clients.close();
        } finally {
            listener.close();
            loop.close();
        }
    }
}
