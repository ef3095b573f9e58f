// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.util.function.Function;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmParams;

/**
 * The audio thread of a playback stream: takes from a {@link Playout} what is due and gives it to a host's device.
 *
 * @param <H> the open device
 */
public final class PlayoutThread<H> extends HostThread<H> {
    private final Playout playout;
    private final HostSide<H> side;

    /**
     * A thread that does not run yet: {@link HostThreads} starts and ends it.
     *
     * @param side makes what moves the frames out of the playout
     */
    public PlayoutThread(
            HostDevice<H> device,
            HostWaiter<H> waiter,
            PcmParams params,
            String streamName,
            Function<Playout, HostSide<H>> side) {
        super(device, waiter, params, streamName);
        Playout made = null;
        try {
            made = new Playout(params, waiter::wake);
            this.side = side.apply(made);
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) { // nobody would ever close what there is
            if (made != null) {
                made.discard();
            }
            waiter.close();
            throw e;
        }
        playout = made;
    }

    /** Device thread. */
    AudioSink sink() {
        return playout.sink();
    }

    @Override
    HostState wanted(long nowNanos) {
        return playout.wanted(nowNanos);
    }

    @Override
    HostSide<H> side() {
        return side;
    }

    @Override
    void lost(long nowNanos) {
        playout.lost(nowNanos);
    }

    @Override
    void idle(long nowNanos) {
        playout.idle(nowNanos);
    }

    @Override
    void closed() {
        playout.close();
    }
}
