// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.Children;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.RealtimePriority;
import org.vsnd.nativebind.libc.ReceivedFds;
import org.vsnd.nativebind.libc.UnixDatagrams;
import org.vsnd.server.EventLoop;
import org.vsnd.server.Watch;
import org.vsnd.spi.Timer;

/**
 * Two processes of one service: one serves, and one has started and waits to go on where that ends. This third one, which
 * touches no guest, keeps what they store, as a service manager does, and passes on to its own service manager what they
 * say. A guest's program gives up when nothing moves for a tenth of a second, in which no process can start. One thread, except
 * {@link #stop}.
 */
public final class Supervisor implements AutoCloseable {
    static final String SOCKET = "notify";

    private static final System.Logger LOGGER = System.getLogger(Supervisor.class.getName());
    /** So many that end at once after another are not replaced any more. */
    private static final int MOST_SHORT_LIVES = 3;

    private static final long SHORT_LIFE_NANOS = 1_000_000_000L;
    private static final long START_AGAIN_NANOS = 1_000_000_000L;
    private static final long MOST_START_AGAIN_NANOS = 60_000_000_000L;

    private final List<String> command;
    private final SocketActivation given;
    private final Path folder;
    private final EventLoop loop;
    private final UnixDatagrams inbox;
    private final @Nullable UnixDatagrams manager;
    private final Map<String, Integer> stored = new LinkedHashMap<>();
    private final ReceivedFds fds = new ReceivedFds();
    private final Watch activeEnd;
    private final Watch standbyEnd;
    private final Timer startAgain;
    private @Nullable Process active;
    private int activeFd;
    private @Nullable Process standby;
    private int standbyFd;
    private boolean standbyReady;
    /** The next pause before one that waits is replaced: it grows until one is ready. */
    private long startAgainNanos = START_AGAIN_NANOS;

    private boolean everReady;
    /** The one that serves has said that it ends by itself. */
    private boolean activeStops;

    private long activeSinceNanos;
    private int shortLives;
    private int exitCode = -1;
    private volatile boolean stopping;

    /**
     * Makes one.
     *
     * @param given the service manager's sockets, and what this service has stored there
     * @param managerAddress where the service manager is told something; null if there is none
     */
    public Supervisor(SocketActivation given, @Nullable String managerAddress) throws IOException {
        this(
                List.of(Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8)
                        .split("\0")),
                given,
                managerAddress);
    }

    /** One whose processes are started by that command. */
    Supervisor(List<String> command, SocketActivation given, @Nullable String managerAddress) throws IOException {
        this.command = command;
        this.given = given;
        stored.putAll(given.stored());
        folder = Files.createTempDirectory("vsnd");
        inbox = UnixDatagrams.at(address());
        manager = managerAddress == null || managerAddress.isEmpty() ? null : UnixDatagrams.to(managerAddress);
        loop = new EventLoop();
        loop.watch(this::receive).set(inbox.fd(), Poller.POLLIN);
        activeEnd = loop.watch(this::activeEnded);
        standbyEnd = loop.watch(this::standbyEnded);
        startAgain = loop.timer(this::startStandby);
    }

    /** Where its processes tell it something. */
    String address() {
        return folder.resolve(SOCKET).toString();
    }

    /** Serves until the process that serves ends by itself; returns its exit code. */
    public int run() throws IOException {
        startStandby(); // inherits no priority
        RealtimePriority.request(ServedDevice.REALTIME_PRIORITY);
        while (exitCode < 0 && !stopping) {
            loop.turn();
        }
        return Math.max(exitCode, 0);
    }

    /** Ends {@link #run}. Any thread. */
    public void stop() {
        stopping = true;
        loop.interrupt();
    }

    private void startStandby() {
        startAgain.cancel();
        try {
            start();
        } catch (IOException e) {
            if (active == null) {
                throw new UncheckedIOException(e);
            }
            LOGGER.log(
                    System.Logger.Level.WARNING, "another process cannot be started, trying again: " + e.getMessage());
            startAgainLater();
        }
    }

    private void startAgainLater() {
        startAgain.arm(loop.nanoTime() + startAgainNanos);
        startAgainNanos = Math.min(2 * startAgainNanos, MOST_START_AGAIN_NANOS);
    }

    private void start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put(StandbyWorker.FOLDER, folder.toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("LISTEN_"));
        standbyReady = false;
        Process next = Children.start(builder);
        try {
            standbyFd = FileDescriptors.ofProcess(next.pid());
        } catch (ErrnoException e) {
            next.destroyForcibly();
            throw e;
        }
        standby = next;
        standbyEnd.set(standbyFd, Poller.POLLIN);
    }

    private void receive() {
        try {
            for (String text = inbox.receive(fds); !text.isEmpty(); text = inbox.receive(fds)) {
                told(text);
                fds.closeAll();
            }
        } catch (ErrnoException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void told(String text) {
        if (text.startsWith("STANDBY=")) {
            standbyReady = standby != null && text.endsWith("=" + standby.pid());
            startAgainNanos = START_AGAIN_NANOS;
            if (active == null) {
                letServe();
            } else {
                LOGGER.log(System.Logger.Level.INFO, "another process is ready to go on when this one ends");
            }
        } else if (text.startsWith("FDSTORE=1")) {
            int fd = fds.take(0);
            Integer before = stored.put(name(text), fd);
            if (before != null) {
                FileDescriptors.close(before);
            }
            tell(text, fd);
        } else if (text.startsWith("FDSTOREREMOVE=1")) {
            Integer before = stored.remove(name(text));
            if (before != null) {
                FileDescriptors.close(before);
            }
            tell(text);
        } else if (text.startsWith("STOPPING=1")) {
            activeStops = true;
        } else if (text.startsWith("HANDOVER=1")) {
            handOver();
        } else {
            tell(text);
            everReady = true;
            if (standby == null) {
                startAgain.arm(loop.nanoTime() + START_AGAIN_NANOS); // a guest that has waited has the processors first
            }
        }
    }

    private static String name(String text) {
        return text.lines()
                .filter(line -> line.startsWith("FDNAME="))
                .map(line -> line.substring("FDNAME=".length()))
                .findFirst()
                .orElse("");
    }

    private void tell(String text, int... with) {
        if (manager == null) {
            return;
        }
        try {
            if (!manager.send(text, with)) {
                LOGGER.log(
                        System.Logger.Level.WARNING,
                        "the service manager has no time: {0}",
                        text.lines().toList());
            }
        } catch (ErrnoException e) {
            LOGGER.log(System.Logger.Level.WARNING, "the service manager cannot be reached: " + e.getMessage());
        }
    }

    /** The one that serves was told to end, and has let go of everything; what is left of its life is of no interest. */
    private void handOver() {
        if (standbyReady && !activeStops && !stopping) {
            activeEnd.clear();
            FileDescriptors.close(activeFd);
            letServe();
            LOGGER.log(System.Logger.Level.INFO, "the process that served has handed over to another one");
        }
    }

    private void activeEnded() {
        Process was = Objects.requireNonNull(active);
        receive(); // what it said last still counts
        if (!was.equals(active)) {
            return;
        }
        active = null;
        activeEnd.clear();
        FileDescriptors.close(activeFd);
        boolean shortLife = loop.nanoTime() - activeSinceNanos < SHORT_LIFE_NANOS;
        shortLives = shortLife ? shortLives + 1 : 0;
        if (activeStops || !everReady || shortLives >= MOST_SHORT_LIVES) {
            exitCode = exitCode(was);
            return;
        }
        if (standbyReady) {
            letServe(); // first: a guest waits
        } else if (standby == null) {
            startStandby();
        }
        LOGGER.log(
                System.Logger.Level.WARNING,
                "the process that served has ended (" + exitCode(was) + "), another one goes on");
    }

    private void standbyEnded() {
        Process was = Objects.requireNonNull(standby);
        standby = null;
        standbyEnd.clear();
        FileDescriptors.close(standbyFd);
        int code = exitCode(was);
        if (active == null) {
            exitCode = code; // it cannot start
            return;
        }
        LOGGER.log(System.Logger.Level.WARNING, "the process that waited has ended (" + code + ")");
        standbyReady = false;
        startAgainLater();
    }

    private static int exitCode(Process ended) {
        try {
            return ended.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
    }

    /** The one that waits has its turn. */
    private void letServe() {
        Process next = standby;
        if (next == null) {
            return;
        }
        standby = null;
        standbyReady = false;
        standbyEnd.clear();
        active = next;
        activeFd = standbyFd;
        activeEnd.set(activeFd, Poller.POLLIN);
        activeSinceNanos = loop.nanoTime();
        try (UnixDatagrams to =
                UnixDatagrams.to(StandbyWorker.inbox(folder, next.pid()).toString())) {
            for (SocketActivation.Given each : given.sockets()) {
                send(to, "FD=" + each.name(), each.fd());
            }
            for (Map.Entry<String, Integer> each : List.copyOf(stored.entrySet())) {
                send(to, "FD=" + each.getKey(), each.getValue());
            }
            send(to, "GO=1");
        } catch (ErrnoException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "the next one has ended as well", e);
        }
    }

    /** Its receiver does nothing else than receiving. */
    private static void send(UnixDatagrams to, String text, int... with) throws ErrnoException {
        while (!to.send(text, with)) {
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        RealtimePriority.giveUp();
        List<Process> children = new ArrayList<>();
        if (standby != null) {
            children.add(standby);
        }
        if (active != null) {
            children.add(active);
        }
        children.forEach(Children::end);
        loop.close();
        inbox.close();
        if (manager != null) {
            manager.close();
        }
        try {
            CacheFolder.deleteTree(folder);
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "a folder is left", e);
        }
    }
}
