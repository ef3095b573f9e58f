// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.time.Duration;
import java.util.function.LongFunction;

/** Reports every ten seconds that something long is still going on. */
final class Waiting implements AutoCloseable {
    private static final Duration EVERY = Duration.ofSeconds(10);

    private final Thread thread;

    private Waiting(Thread thread) {
        this.thread = thread;
    }

    /**
     * Begins to report; {@link #close} ends it.
     *
     * @param words what to report after that many seconds; called on a thread of its own
     */
    static Waiting tell(Progress progress, LongFunction<String> words) {
        return tell(progress, EVERY, words);
    }

    static Waiting tell(Progress progress, Duration every, LongFunction<String> words) {
        long startNanos = System.nanoTime();
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            Thread.sleep(every.toMillis());
                            long seconds = Duration.ofNanos(System.nanoTime() - startNanos)
                                    .toSeconds();
                            progress.step(words.apply(seconds));
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // closed: nothing left to report
                    }
                },
                "vsnd-waiting");
        thread.setDaemon(true);
        thread.start();
        return new Waiting(thread);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
