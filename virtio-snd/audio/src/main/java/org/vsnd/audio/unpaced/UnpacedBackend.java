// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.unpaced;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.ForwardingBackend;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Resampler;
import org.vsnd.audio.SourceChoice;

/**
 * Live host audio for a guest whose time is not the wall clock's: it may run faster or slower, in jerks, or stand
 * still. The host never sets the pace: nothing waits for it, its positions are hidden from the device, and the reported
 * latencies do not depend on it. Between guest and host is the queue of the live stream:
 *
 * <ul>
 *   <li>Playback is fed {@value #CUSHION_MILLIS} ms ahead of the ear (or the target latency, if that is longer), so that a
 *       guest that is in time on average may be late by this much. If the queue runs dry, there is silence until the
 *       guest's next frame is that far ahead again.
 *   <li>At most one burst of the device and two such cushions are queued: 700 ms with the usual burst of half a second.
 *       Frames beyond that are dropped until only a cushion is left, so that a guest that is too fast is heard in pieces
 *       of half a second, and never later than that.
 *   <li>A recording is read a cushion late. When it lacks frames the guest gets silence until there is a cushion again;
 *       when the guest leaves too many, the oldest are dropped, down to a cushion.
 * </ul>
 *
 * Dropped and silent frames are counted, and the first time that this happens to playback, and to recording, one
 * line says so. The guest sees no under-run and no delay, and its time is not affected.
 */
public final class UnpacedBackend extends ForwardingBackend {
    /** Two ticks of an emulator that wakes up 20 times a second, as some do. */
    static final int CUSHION_MILLIS = 100;

    private static final Logger LOG = System.getLogger(UnpacedBackend.class.getName());
    private static final int CUSHIONS_PER_SECOND = 1_000 / CUSHION_MILLIS;

    private final AudioBackend live;
    private final LongSupplier nanoTime;
    private final Warning playback = new Warning();
    private final Warning recording = new Warning();

    /** @param live closed together with this */
    public UnpacedBackend(AudioBackend live) {
        this(live, System::nanoTime);
    }

    UnpacedBackend(AudioBackend live, LongSupplier nanoTime) {
        this.live = live;
        this.nanoTime = nanoTime;
    }

    @Override
    protected AudioBackend host(boolean playback) {
        return live;
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
        return params.withTarget(cushionFrames(params));
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        return unpaced(live.openSource(params, streamName), params, streamName);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName, SourceChoice choice) {
        return unpaced(live.openSource(params, streamName, choice), params, streamName);
    }

    private AudioSource unpaced(AudioSource source, PcmParams params, String streamName) {
        return new UnpacedSource(
                source, params, cushionFrames(params), nanoTime, what -> recording.say(streamName, what));
    }

    /** None: the source follows the guest's time by itself. */
    @Override
    public Optional<Resampler> openResampler(PcmParams params) {
        return Optional.empty();
    }

    private static long cushionFrames(PcmParams params) {
        return Math.max(params.targetFrames(), params.rateHz() / CUSHIONS_PER_SECOND);
    }

    /** Logs once for all streams of a direction. Device thread. */
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
