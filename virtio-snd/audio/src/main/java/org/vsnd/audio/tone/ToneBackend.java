// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.tone;

import java.util.Optional;
import org.vsnd.audio.AudioBackend;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.NullSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.SilentSource;
import org.vsnd.audio.WarnOnce;
import org.vsnd.audio.frames.LinearSample;

/** Records a sine instead of a microphone, and discards playback. Both follow the device's clock. */
public final class ToneBackend implements AudioBackend {
    /** Highest tone, Hz. */
    public static final int MAX_TONE_HZ = 20_000;

    private final int toneHz;
    private final WarnOnce warnOnce = new WarnOnce(System.getLogger(ToneBackend.class.getName()));

    /**
     * A tone generator.
     *
     * @param toneHz the tone of the first channel, 1..{@value #MAX_TONE_HZ}; the second has one and a half times that
     * @throws IllegalArgumentException if it is not in that range
     */
    public ToneBackend(int toneHz) {
        if (toneHz < 1 || toneHz > MAX_TONE_HZ) {
            throw new IllegalArgumentException("toneHz=" + toneHz);
        }
        this.toneHz = toneHz;
    }

    @Override
    public String name() {
        return "tone:" + toneHz;
    }

    @Override
    public Optional<String> captureRefusal(PcmFormat format, int rateHz, int channels) {
        return LinearSample.supported(format)
                ? Optional.empty()
                : Optional.of("There is no tone in " + format + ": offer the guest other formats, S16 for one.");
    }

    @Override
    public AudioSink openSink(PcmParams params, String streamName) {
        return new NullSink(params);
    }

    @Override
    public AudioSource openSource(PcmParams params, String streamName) {
        if (!LinearSample.supported(params.format())) {
            warnOnce.warn(params, streamName + ": there is no tone in " + params.format() + ", so it records silence");
            return new SilentSource();
        }
        return new ToneSource(params, toneHz);
    }

    @Override
    public void close() {}
}
