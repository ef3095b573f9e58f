// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.serve;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.vsnd.nativebind.libc.Errno;
import org.vsnd.nativebind.libc.ErrnoException;
import org.vsnd.nativebind.libc.FileDescriptors;
import org.vsnd.nativebind.libc.Poller;
import org.vsnd.nativebind.libc.ReceivedFds;
import org.vsnd.nativebind.libc.UnixDatagrams;
import org.vsnd.server.ServiceManager;

/**
 * A process that has started and waits until its {@link Supervisor} lets it serve. What {@code LISTEN_FDS} says of a process
 * at its start comes to it in messages: one descriptor each, then {@code GO=1}. Main thread.
 */
public final class StandbyWorker {
    /** The environment variable by which a process knows that it is one: the folder of the supervisor's sockets. */
    public static final String FOLDER = "VSND_STANDBY";

    private static final int STDIN = 0;
    private static final long PAUSE_NANOS = 1_000_000;

    private final Path folder;

    /** One for the supervisor whose sockets are in that folder. */
    public StandbyWorker(Path folder) {
        this.folder = folder;
    }

    /** The supervisor's socket, which takes what a service manager's takes. */
    public String manager() {
        return folder.resolve(Supervisor.SOCKET).toString();
    }

    /** The name under which a process receives its messages. */
    static Path inbox(Path folder, long pid) {
        return folder.resolve("w" + pid);
    }

    /**
     * Says that this process is ready, and waits for what it shall serve.
     *
     * @return the supervisor's descriptors, in its order
     * @throws IOException if there is no supervisor any more
     */
    public SocketActivation await() throws IOException {
        long pid = ProcessHandle.current().pid();
        try (UnixDatagrams inbox = UnixDatagrams.at(inbox(folder, pid).toString());
                UnixDatagrams supervisor = UnixDatagrams.to(manager())) {
            while (!supervisor.send("STANDBY=" + pid)) {
                LockSupport.parkNanos(PAUSE_NANOS); // it has much to read
            }
            return receive(inbox);
        }
    }

    /** Ends this process when the supervisor's has ended, which holds the other end of standard input: nobody would replace it. */
    public static void endWithSupervisor() {
        Thread thread = new Thread(
                () -> {
                    try {
                        while (System.in.read() >= 0) {
                            // there is nothing to be read
                        }
                    } catch (IOException e) {
                        System.getLogger(StandbyWorker.class.getName()).log(System.Logger.Level.DEBUG, "its end", e);
                    }
                    System.exit(0);
                },
                "vsnd-supervisor");
        thread.setDaemon(true);
        thread.start();
    }

    private static SocketActivation receive(UnixDatagrams inbox) throws IOException {
        Poller poller = new Poller(2);
        poller.set(0, inbox.fd(), Poller.POLLIN);
        poller.set(1, STDIN, Poller.POLLIN);
        List<SocketActivation.Given> sockets = new ArrayList<>();
        Map<String, Integer> stored = new HashMap<>();
        ReceivedFds fds = new ReceivedFds();
        while (true) {
            poller.await();
            if (poller.ready(1) != 0) {
                throw new ErrnoException("the supervisor is gone", Errno.EPIPE);
            }
            for (String text = inbox.receive(fds); !text.isEmpty(); text = inbox.receive(fds)) {
                if (text.equals("GO=1")) {
                    return new SocketActivation(sockets, stored, Optional.empty());
                }
                String name = text.substring(text.indexOf('=') + 1);
                int fd = fds.take(0);
                fds.closeAll();
                if (name.startsWith(ServiceManager.PREFIX)) {
                    stored.put(name, fd);
                } else {
                    FileDescriptors.setCloseOnExec(fd);
                    sockets.add(new SocketActivation.Given(fd, name));
                }
            }
        }
    }
}
