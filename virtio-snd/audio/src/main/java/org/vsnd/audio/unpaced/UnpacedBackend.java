// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.unpaced;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

/**
 * Live host audio for a guest whose time is not the wall clock's: it may run faster or slower, in jerks, or stand still.
 * The host never sets the pace: nothing waits for it, its positions are kept from the device, and the latencies told are
 * the same whatever it does. Between the two lies what the live stream has queued:
 *
 * <ul>
 *   <li>Playback is fed {@value #CUSHION_MILLIS} ms ahead of the ear (or the target latency, if that is longer), so that a
 *       guest that is in time on the whole may be so much late. Does the queue run dry, there is silence until the guest's
 *       next frame is so far ahead again.
 *   <li>More than a burst of the device's and two such cushions is not queued: with the usual half second of a burst 700 ms.
 *       What comes then is dropped until only a cushion is left, so that a guest that is too fast is heard in pieces of
 *       half a second, and never late by more.
 *   <li>A recording is read a cushion late. When it lacks frames the guest gets silence until there is a cushion again;
 *       when the guest leaves too many, the oldest are dropped, down to a cushion.
 * </ul>
 *
 * What was dropped and what was silent is counted, and the first time that it happens to playback, and to recording, one
 * line says so. The guest sees none of it: no under-run, no delay, not a nanosecond of its time.
 */
public final class UnpacedBackend implements AudioBackend {
    /** Two ticks of an emulator that wakes up 20 times a second, as some do. */
    static final int CUSHION_MILLIS = 100;

    private static final Logger LOG = System.getLogger(UnpacedBackend.class.getName());
    private static final int CUSHIONS_PER_SECOND = 1_000 / CUSHION_MILLIS;

    private final AudioBackend live;
    private final LongSupplier nanoTime;
    private final Warning playback = new Warning();
    private final Warning recording = new Warning();

    /** @param live closed with this */
    public UnpacedBackend(AudioBackend live) {
        this(live, System::nanoTime);
    }

    UnpacedBackend(AudioBackend live, LongSupplier nanoTime) {
        this.live = live;
        this.nanoTime = nanoTime;
    }

    @Override
    public String name() {
        return live.name();
    }

    @Override
    public String recordsFrom() {
        return live.recordsFrom();
    }

    @Override
    public int generation() {
        return live.generation();
    }

    @Override
    public Optional<String> playbackRefusal(PcmFormat format, int rateHz, int channels) {
        return live.playbackRefusal(format, rateHz, channels);
    }

    @Override
    public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return live.captureRefusal(format, rateHz, channels);
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        PcmParams relaxed = relaxed(params);
        return new UnpacedSink(
                live.openSink(relaxed, streamName), relaxed, nanoTime, what -> playback.say(streamName, what));
    }

    @Override
    public boolean takesUp(PcmParams params, String streamName) {
        return live.takesUp(relaxed(params), streamName);
    }

    private static PcmParams relaxed(PcmParams params) {
        return new PcmParams(
                params.format(),
                params.rateHz(),
                params.channels(),
                cushionFrames(params),
                params.burstFrames(),
                params.budget());
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return new UnpacedSource(
                live.openSource(params, streamName),
                params,
                cushionFrames(params),
                nanoTime,
                what -> recording.say(streamName, what));
    }

    private static long cushionFrames(PcmParams params) {
        return Math.max(params.targetFrames(), params.rateHz() / CUSHIONS_PER_SECOND);
    }

    @Override
    public void close() {
        live.close();
    }

    /** Said once for all streams of a direction. Device thread. */
    private static final class Warning {
        private boolean said;

        void say(String streamName, String what) {
            if (!said) {
                said = true;
                LOG.log(
                        Level.WARNING,
                        streamName + ": " + what + ". Live sound is whole only as long as the guest runs in real time;"
                                + " the back end wav keeps every frame at any speed. This is said once, and counted from"
                                + " here on");
            }
        }
    }
}
