// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.util.function.Function;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;

/**
 * The audio thread of a capture stream: takes recorded frames from a host's device and gives them to a {@link
 * Recording}.
 *
 * @param <H> the open device
 */
public final class RecordingThread<H> extends HostThread<H> {
    private final Recording recording;
    private final HostSide<H> side;

    /**
     * A thread that is not started: {@link HostThreads} starts and ends it.
     *
     * @param side makes the side that moves frames into the recording
     */
    public RecordingThread(
            HostDevice<H> device,
            HostWaiter<H> waiter,
            PcmParams params,
            String streamName,
            Function<Recording, HostSide<H>> side) {
        super(device, waiter, params, streamName);
        Recording made = null;
        try {
            made = new Recording(params, waiter::wake);
            this.side = side.apply(made);
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) { // nothing else would close it
            if (made != null) {
                made.discard();
            }
            waiter.close();
            throw e;
        }
        recording = made;
    }

    /** Device thread. */
    AudioSource source() {
        return recording.source();
    }

    @Override
    HostState wanted(long nowNanos) {
        return recording.wanted(nowNanos);
    }

    @Override
    HostSide<H> side() {
        return side;
    }

    @Override
    void lost(long nowNanos) {
        recording.lost(nowNanos);
    }

    @Override
    void idle(long nowNanos) {
        // the reader produces silence itself
    }

    @Override
    void closed() {
        recording.close();
    }
}
