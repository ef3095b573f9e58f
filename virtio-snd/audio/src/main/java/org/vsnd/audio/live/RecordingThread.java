// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.util.function.Function;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmParams;

/**
 * The audio thread of a capture stream: takes from a host's device what it recorded and gives it to a {@link LiveCapture}.
 *
 * @param <H> the open device
 */
public final class RecordingThread<H> extends HostThread<H> {
    private final LiveCapture capture;
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
            Function<LiveCapture, HostSide<H>> side) {
        super(device, waiter, params, streamName);
        LiveCapture made = null;
        try {
            made = new LiveCapture(params, waiter::wake);
            this.side = side.apply(made);
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) { // nobody would ever close what there is
            if (made != null) {
                made.discard();
            }
            waiter.close();
            throw e;
        }
        capture = made;
    }

    /** Device thread. */
    AudioSource source() {
        return capture.source();
    }

    @Override
    HostState wanted(long nowNanos) {
        return capture.wanted(nowNanos);
    }

    @Override
    HostSide<H> side() {
        return side;
    }

    @Override
    void lost(long nowNanos) {
        capture.lost(nowNanos);
    }

    @Override
    void idle(long nowNanos) {
        // the reader gets silence by itself
    }

    @Override
    void closed() {
        capture.close();
    }
}
