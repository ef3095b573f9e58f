// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.util.function.Function;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmParams;

/**
 * The audio thread of a playback stream: takes from a {@link LivePlayback} what is due and gives it to a host's device.
 *
 * @param <H> the open device
 */
public final class PlayoutThread<H> extends HostThread<H> {
    private final LivePlayback playback;
    private final HostSide<H> side;

    /**
     * A thread that does not run yet: {@link HostThreads} starts and ends it.
     *
     * @param side makes what moves the frames out of the playback
     */
    public PlayoutThread(
            HostDevice<H> device,
            HostWaiter<H> waiter,
            PcmParams params,
            String streamName,
            Function<LivePlayback, HostSide<H>> side) {
        super(device, waiter, params, streamName);
        LivePlayback made = null;
        try {
            made = new LivePlayback(params, waiter::wake);
            this.side = side.apply(made);
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) { // nobody would ever close what there is
            if (made != null) {
                made.discard();
            }
            waiter.close();
            throw e;
        }
        playback = made;
    }

    /** Device thread. */
    AudioSink sink() {
        return playback.sink();
    }

    @Override
    HostState wanted(long nowNanos) {
        return playback.wanted(nowNanos);
    }

    @Override
    HostSide<H> side() {
        return side;
    }

    @Override
    void lost(long nowNanos) {
        playback.lost(nowNanos);
    }

    @Override
    void idle(long nowNanos) {
        playback.idle(nowNanos);
    }

    @Override
    void closed() {
        playback.close();
    }
}
