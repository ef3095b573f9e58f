// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.io.IOException;
import java.time.Duration;

/** The host's end of the port on which the guest's {@code /init} takes commands; {@code init.sh} says how. */
final class GuestControl implements AutoCloseable {
    private static final String READY = "@@ready ";
    private static final String END = "@@end ";

    private final UnixConnection connection;

    GuestControl(UnixConnection connection) {
        this.connection = connection;
    }

    String awaitReady(Duration limit) throws IOException {
        return after(READY, System.nanoTime() + limit.toNanos());
    }

    GuestAnswer run(String line, Duration limit) throws IOException {
        if (line.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("one line, please: " + line);
        }
        long deadlineNanos = System.nanoTime() + limit.toNanos();
        connection.send(line);
        String[] words = after(END, deadlineNanos).split(" ", -1);
        return new GuestAnswer(Integer.parseInt(words[0]), connection.bytes(Integer.parseInt(words[1]), deadlineNanos));
    }

    /** Skips what a guest had sent in part when it was reset. */
    private String after(String start, long deadlineNanos) throws IOException {
        while (true) {
            String line = connection.line(deadlineNanos);
            int at = line.indexOf(start);
            if (at >= 0) {
                return line.substring(at + start.length());
            }
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
