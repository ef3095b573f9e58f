package org.vsnd.nativebind.alsa;

import org.vsnd.audio.AudioSink;
import org.vsnd.audio.HostState;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Playout;

/** The audio thread of a playback stream: takes from a {@link Playout} what is due and gives it to a PCM. */
final class PlaybackThread extends StreamThread {
    private final Playout playout;
    private final PlaybackPcm host;
    private long untilNanos;
    private boolean forPcm;

    PlaybackThread(String pcmName, PcmParams params, String streamName) {
        super(pcmName, Direction.PLAYBACK, params, streamName);
        playout = new Playout(params, waiter::wake);
        host = new PlaybackPcm(playout);
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
    void opened(AlsaPcm open, long nowNanos) {
        host.opened(open, nowNanos);
    }

    @Override
    int round(AlsaPcm open, HostState wanted, long nowNanos) {
        int error;
        if (wanted == HostState.RUN) {
            error = host.run(open, nowNanos);
        } else {
            error = host.hold(open, nowNanos);
        }
        untilNanos = host.untilNanos();
        forPcm = host.isFull();
        return error;
    }

    @Override
    boolean moves() {
        return host.moves();
    }

    @Override
    void await() {
        waiter.await(untilNanos, forPcm);
    }

    @Override
    void lost(long nowNanos) {
        playout.lost(nowNanos);
    }

    @Override
    void idle(long nowNanos) {
        playout.idle(nowNanos);
    }
}
