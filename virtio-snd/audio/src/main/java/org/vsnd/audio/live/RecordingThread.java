// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.util.function.Function;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;

/**
 * The audio thread of a capture stream: takes from a host's device what it recorded and gives it to a {@link Recording}.
 *
 * @param <H> the open device
 */
public final class RecordingThread<H> extends HostThread<H> {
    private final Recording recording;
    private final HostSide<H> side;

    /**
     * A thread that does not run yet: {@link HostThreads} starts and ends it.
     *
     * @param side makes what moves the frames into the recording
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
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) { // nobody would ever close what there is
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
        // the reader gets silence by itself
    }

    @Override
    void closed() {
        recording.close();
    }
}
