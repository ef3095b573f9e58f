// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Tells the machine's fault from ours. While a check runs, this watches how long the kernel keeps threads of the
 * processes involved waiting for a processor. A check that fails while one waited for longer than the guest has sound
 * queued says nothing, and is repeated; any other failure counts.
 */
final class Undisturbed {
    private static final int ATTEMPTS = 6;
    private static final long SAMPLE_MILLIS = 5;

    private Undisturbed() {}

    /** A check. */
    @FunctionalInterface
    interface Check {
        void run() throws Exception;
    }

    /** Runs a check that is bound to fail if a thread of these processes waits for so long. */
    static void check(long limitNanos, List<Long> pids, Check check) throws Exception {
        for (int attempt = 1; ; attempt++) {
            Watch watch = new Watch(pids);
            watch.start();
            try {
                check.run();
                return;
            } catch (AssertionError e) {
                watch.interrupt();
                watch.join();
                if (watch.worstNanos < limitNanos || attempt == ATTEMPTS) {
                    throw new AssertionError(
                            e.getMessage() + "; longest wait for a processor " + watch.worstNanos / 1000 + " us", e);
                }
                System.out.println("repeated: a thread waited " + watch.worstNanos / 1000 + " us for a processor");
            } finally {
                watch.interrupt();
                watch.join();
            }
        }
    }

    private static final class Watch extends Thread {
        private final List<Long> pids;
        private final Map<Path, Long> before = new HashMap<>();
        private volatile long worstNanos;

        Watch(List<Long> pids) {
            super("starvation-watch");
            this.pids = pids;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                while (true) {
                    for (long pid : pids) {
                        sample(Path.of("/proc", Long.toString(pid), "task"));
                    }
                    Thread.sleep(SAMPLE_MILLIS);
                }
            } catch (InterruptedException e) {
                // told to end
            }
        }

        private void sample(Path tasks) {
            try (Stream<Path> all = Files.list(tasks)) {
                for (Path task : all.toList()) {
                    long waited = Long.parseLong(
                            Files.readString(task.resolve("schedstat")).split(" ", -1)[1]);
                    Long last = before.put(task, waited);
                    if (last != null) {
                        worstNanos = Math.max(worstNanos, waited - last);
                    }
                }
            } catch (IOException e) {
                // a thread or process that has just ended
            }
        }
    }
}
