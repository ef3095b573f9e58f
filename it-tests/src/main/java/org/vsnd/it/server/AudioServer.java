// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.server;

import java.util.List;
import java.util.Map;
import org.vsnd.cli.boot.BootException;

/** A server that PulseAudio's clients can speak to, with null sinks instead of hardware. One thread. */
public interface AudioServer extends AutoCloseable {
    /** What a client needs in its environment to reach it and nothing else. */
    Map<String, String> environment();

    /** {@code pactl} on this server. */
    Pactl pactl();

    /** Kills every process of it with SIGKILL. Returns when they are gone. */
    void kill() throws BootException;

    /**
     * Starts it again, at the same address and with the same devices, after {@link #kill()}.
     *
     * @return {@code System.nanoTime()} when it answered, at the latest
     */
    long restart() throws BootException;

    /** Stops every process of it with SIGSTOP, as if it hung. */
    void freeze() throws BootException;

    /** Lets it go on. */
    void thaw() throws BootException;

    /** The processes that run. */
    List<Long> pids();

    @Override
    void close();
}
