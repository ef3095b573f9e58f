// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.live;

import java.util.function.Function;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmParams;

/**
 * The audio thread of a playback stream: takes frames that are due from a {@link Playout} and gives them to a host's
 * device.
 *
 * @param <H> the open device
 */
public final class PlayoutThread<H> extends HostThread<H> {
    private final Playout playout;
    private final HostSide<H> side;

    /**
     * A thread that is not started: {@link HostThreads} starts and ends it.
     *
     * @param side makes the side that moves frames out of the playout
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
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) { // nothing else would close it
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
