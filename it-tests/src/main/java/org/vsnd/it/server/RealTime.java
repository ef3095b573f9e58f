// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.Tool;

/**
 * Real-time priority for threads that have none, where the machine allows it; where it does not, nothing happens. What is
 * measured must not wait for a processor because something else on the machine is busy.
 */
public final class RealTime {
    private static final int NAME_END = ')';
    private static final int POLICY_FIELD = 39; // of those behind the name
    private static final String ORDINARY = "0";

    private static final int SERVER_PRIORITY = 2;

    private RealTime() {}

    /** A server's threads, as a desktop's rtkit does for it. To be repeated when it has been started again. */
    public static void raise(AudioServer server) throws BootException {
        for (long pid : server.pids()) {
            raise(pid, SERVER_PRIORITY);
        }
    }

    /** All threads of a process that there are now; those they start inherit it. */
    public static void raise(long pid, int priority) throws BootException {
        raise(pid, priority, name -> true);
    }

    /** Threads whose names are wanted. */
    static void raise(long pid, int priority, Predicate<String> wanted) throws BootException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path task : tasks.toList()) {
                if (isOrdinary(task) && wanted.test(Files.readString(task.resolve("comm")))) {
                    Tool.of(
                                    "chrt",
                                    "--rr",
                                    "--pid",
                                    Integer.toString(priority),
                                    task.getFileName().toString())
                            .attempt();
                }
            }
        } catch (IOException e) {
            throw new BootException("cannot tell the threads of process " + pid + ": " + e.getMessage(), e);
        }
    }

    private static boolean isOrdinary(Path task) throws IOException {
        String stat = Files.readString(task.resolve("stat"));
        String[] fields = stat.substring(stat.lastIndexOf(NAME_END) + 2).split(" ", -1);
        return fields[POLICY_FIELD - 1].equals(ORDINARY);
    }
}
