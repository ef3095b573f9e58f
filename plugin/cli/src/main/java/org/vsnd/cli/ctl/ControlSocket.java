// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.ctl;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.UnixServerSocket;
import org.vsnd.nativebind.libc.UnixSocket;
import org.vsnd.server.Endpoint;
import org.vsnd.server.EventLoop;
import org.vsnd.server.ServerException;
import org.vsnd.server.SocketAccess;
import org.vsnd.server.Watch;
import org.vsnd.spi.PluginException;
import org.vsnd.spi.Timer;
import org.vsnd.spi.Wakeup;

/**
 * Answers operators' commands on a socket for its owner only. Each line that a client sends is a request, and gets a line; clients do
 * not wait for each other. A thread of its own, which is no device's.
 */
public final class ControlSocket implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ControlSocket.class.getName());
    private static final int CLIENTS = 8;
    private static final long LISTEN_AGAIN_NANOS = 1_000_000_000L;

    private final UnixServerSocket listener;
    private final EventLoop loop;
    private final Watch listening;
    private final Timer listenAgain;
    private final List<ControlSession> sessions = new ArrayList<>();
    private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
    private final Thread thread = new Thread(this::run, "vsnd-ctl");
    private volatile boolean closing;

    /**
     * Makes the socket, and answers from now on.
     *
     * @param path as for {@link Endpoint#file}
     * @param cards that the commands are for
     * @throws ServerException a sentence for the operator
     * @throws PluginException if the process has no descriptor left
     */
    public ControlSocket(Path path, ControlledCards cards) throws ServerException, PluginException {
        Endpoint endpoint = Endpoint.file(path, SocketAccess.OWNER_ONLY);
        listener = endpoint.open();
        EventLoop made = null;
        boolean published = false;
        try {
            made = new EventLoop();
            Wakeup answered = made.wakeup(this::sendAnswers);
            for (int i = 0; i < CLIENTS; i++) {
                sessions.add(new ControlSession(made, cards, answers, answered, this::listen));
            }
            endpoint.publish(listener);
            published = true;
        } catch (ErrnoException e) {
            throw new PluginException("cannot serve " + path + ": " + e.getMessage(), e);
        } finally {
            if (!published) {
                listener.close();
                if (made != null) {
                    made.close();
                }
            }
        }
        loop = made;
        listening = loop.watch(this::accept);
        listenAgain = loop.timer(this::listen);
        listen();
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!closing) {
                loop.turn();
            }
        } catch (ErrnoException e) {
            LOGGER.log(System.Logger.Level.ERROR, "commands are not answered any more: " + e.getMessage());
        } finally {
            sessions.forEach(ControlSession::end);
            listener.close();
            loop.close();
        }
    }

    private void listen() {
        listening.set(listener.fd(), Poller.POLLIN);
    }

    private void accept() {
        ControlSession free =
                sessions.stream().filter(session -> !session.busy()).findFirst().orElse(null);
        if (free == null) {
            listening.clear(); // until one ends
            return;
        }
        try {
            UnixSocket client = listener.accept();
            if (client != null) {
                free.begin(client);
            }
        } catch (ErrnoException e) {
            LOGGER.log(System.Logger.Level.WARNING, "a command could not be taken: " + e.getMessage());
            listening.clear(); // else the poll returns at once, again and again
            listenAgain.arm(loop.nanoTime() + LISTEN_AGAIN_NANOS);
        }
    }

    private void sendAnswers() {
        for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
            answer.run();
        }
    }

    /** Ends; the socket is gone when this returns. Idempotent. Any thread but the socket's. */
    @Override
    public void close() {
        closing = true;
        loop.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
