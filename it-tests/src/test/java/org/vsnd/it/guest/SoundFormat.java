package org.vsnd.it.guest;

/** A PCM format as ALSA and as a WAV file call it. */
record SoundFormat(String alsaName, int wavTag, int sampleBytes, int rateHz, int channels) {
    static final SoundFormat S16_STEREO_48K = new SoundFormat("S16_LE", 1, 2, 48_000, 2);
    static final SoundFormat S32_STEREO_48K = new SoundFormat("S32_LE", 1, 4, 48_000, 2);
    static final SoundFormat FLOAT_STEREO_48K = new SoundFormat("FLOAT_LE", 3, 4, 48_000, 2);
    static final SoundFormat S16_MONO_44K1 = new SoundFormat("S16_LE", 1, 2, 44_100, 1);

    int frameBytes() {
        return sampleBytes * channels;
    }

    /** The name of its file in the guest. */
    String fileName() {
        return alsaName + "-" + rateHz + "-" + channels + ".wav";
    }
}
