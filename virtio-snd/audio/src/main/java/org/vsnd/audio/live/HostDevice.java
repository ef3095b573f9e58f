// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.io.IOException;

/**
 * What one stream plays into or records from, opened and closed by a {@link HostThread} as often as necessary.
 *
 * @param <H> the open device
 */
public interface HostDevice<H> {
    /** The back end's kind, for the names of threads: {@code alsa}. */
    String kind();

    /** Its name in log lines: {@code the ALSA PCM default}. */
    String name();

    /** Its purpose: {@code play} or {@code record}. */
    String verb();

    /**
     * Opens it, on a thread that may wait for any length of time.
     *
     * @throws IOException if it is not available now; the message is the reason in a few words
     */
    H open() throws IOException;

    /** Closes it. May also wait. */
    void close(H open);
}
