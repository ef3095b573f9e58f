// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench.haiku;

import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.measure.sound.SoundFormat;

/** What the guest's user has chosen in the media preferences. */
@SuppressWarnings("ImmutableEnumChecker") // SoundFormat is a record of numbers and a name
enum GuestFormat {
    S16_48000(SampleFormat.S16, SoundFormat.S16_STEREO_48K),
    S32_48000(SampleFormat.S32, SoundFormat.S32_STEREO_48K),
    S16_44100(SampleFormat.S16, SoundFormat.S16_STEREO_44K1),
    S32_44100(SampleFormat.S32, SoundFormat.S32_STEREO_44K1);

    private static final double NANOS_PER_SECOND = 1e9;

    private final SampleFormat sample;
    private final SoundFormat sound;

    GuestFormat(SampleFormat sample, SoundFormat sound) {
        this.sample = sample;
        this.sound = sound;
    }

    /** As Haiku calls its samples. */
    SampleFormat sample() {
        return sample;
    }

    /** As everybody else calls it. */
    SoundFormat sound() {
        return sound;
    }

    int rateHz() {
        return sound.rateHz();
    }

    /** For the media server's node. */
    NodeSettings settings(long thinkNanos) {
        return NodeSettings.of(sample, rateHz()).thinking(thinkNanos);
    }

    /** Bytes of one buffer. */
    int periodBytes() {
        return BufferExchange.FRAMES * sound.frameBytes();
    }

    /** How long an exchange should take. */
    double periodNanos() {
        return nanos(BufferExchange.FRAMES);
    }

    /** How long that many frames last at the nominal rate. */
    double nanos(double frames) {
        return frames * NANOS_PER_SECOND / rateHz();
    }

    /** As few exchanges as last so long, or longer. */
    int exchanges(double seconds) {
        return (int) Math.ceil(seconds * NANOS_PER_SECOND / periodNanos());
    }

    @Override
    public String toString() {
        return sample + "/" + rateHz();
    }
}
