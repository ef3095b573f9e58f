// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.io.IOException;

/**
 * What one stream plays into or records from, opened and closed by a {@link HostThread} as often as it takes.
 *
 * @param <H> what it is while it is open
 */
public interface HostDevice<H> {
    /** The back end's kind, for the names of threads: {@code alsa}. */
    String kind();

    /** What it is called in log lines: {@code the ALSA PCM default}. */
    String name();

    /** What it is for: {@code play} or {@code record}. */
    String verb();

    /**
     * Opens it, on a thread that may wait for as long as the host likes.
     *
     * @throws IOException if it cannot be had now; the message is the reason in a few words
     */
    H open() throws IOException;

    /** Closes it. May wait, too. */
    void close(H open);
}
