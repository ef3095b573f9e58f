package org.vsnd.nativebind.alsa;

import org.vsnd.audio.AudioSource;
import org.vsnd.audio.HostState;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Recording;

/** The audio thread of a capture stream: takes from a PCM what it recorded and gives it to a {@link Recording}. */
final class CaptureThread extends StreamThread {
    private final Recording recording;
    private final CapturePcm host;

    CaptureThread(String pcmName, PcmParams params, String streamName) {
        super(pcmName, Direction.CAPTURE, params, streamName);
        recording = new Recording(params, waiter::wake);
        host = new CapturePcm(recording);
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
    void opened(AlsaPcm open, long nowNanos) {
        host.opened(open, nowNanos);
    }

    @Override
    int round(AlsaPcm open, HostState wanted, long nowNanos) {
        return wanted == HostState.RUN ? host.run(open, nowNanos) : host.hold(open, nowNanos);
    }

    @Override
    boolean moves() {
        return host.moves();
    }

    @Override
    void await() {
        waiter.await(host.untilNanos(), host.isWaiting());
    }

    @Override
    void lost(long nowNanos) {
        recording.lost(nowNanos);
    }

    @Override
    void idle(long nowNanos) {
        // the reader gets silence by itself
    }
}
