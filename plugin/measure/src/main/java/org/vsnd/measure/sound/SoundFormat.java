// SPDX-License-Identifier: Apache-2.0
package org.vsnd.measure.sound;

/** A PCM format as ALSA and as a WAV file call it. */
public record SoundFormat(String alsaName, int wavTag, int sampleBytes, int rateHz, int channels) {
    public static final SoundFormat S16_STEREO_48K = new SoundFormat("S16_LE", 1, 2, 48_000, 2);
    public static final SoundFormat S32_STEREO_48K = new SoundFormat("S32_LE", 1, 4, 48_000, 2);
    public static final SoundFormat FLOAT_STEREO_48K = new SoundFormat("FLOAT_LE", 3, 4, 48_000, 2);
    public static final SoundFormat S16_STEREO_44K1 = new SoundFormat("S16_LE", 1, 2, 44_100, 2);
    public static final SoundFormat S32_STEREO_44K1 = new SoundFormat("S32_LE", 1, 4, 44_100, 2);
    public static final SoundFormat S16_MONO_44K1 = new SoundFormat("S16_LE", 1, 2, 44_100, 1);

    /** Bytes of one sample of every channel. */
    public int frameBytes() {
        return sampleBytes * channels;
    }

    /** The name of its file in the guest. */
    public String fileName() {
        return alsaName + "-" + rateHz + "-" + channels + ".wav";
    }
}
