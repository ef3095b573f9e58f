// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Makes the sounds the guest plays and records: the same samples on every machine. */
public final class Synthesizer {
    /** Equal temperament: A4 is key 69. */
    private static final int A4_KEY = 69;

    private static final double A4_HZ = 440;
    private static final int KEYS_PER_OCTAVE = 12;

    /** Ode to Joy, bars 1 to 4: keys and lengths in quarters of a beat. */
    private static final int[][] ODE_TO_JOY = {
        {64, 4}, {64, 4}, {65, 4}, {67, 4}, {67, 4}, {65, 4}, {64, 4}, {62, 4}, {60, 4}, {60, 4}, {62, 4}, {64, 4},
        {64, 6}, {62, 2}, {62, 8},
    };

    private static final int QUARTER_BEAT_FRAMES = 4_500; // 160 beats per minute
    private static final int ATTACK_FRAMES = 240;
    private static final int RELEASE_FRAMES = 480;
    private static final double[] HARMONICS = {1.0, 0.45, 0.2, 0.1};
    private static final double LOUDNESS = 9_000;

    private static final double SWEEP_LOW_HZ = 200;
    private static final double SWEEP_HIGH_HZ = 3_000;

    private Synthesizer() {}

    /** Six seconds of a well-known melody. */
    public static PcmClip melody() {
        int quarters = 0;
        for (int[] note : ODE_TO_JOY) {
            quarters += note[1];
        }
        byte[] bytes = new byte[quarters * QUARTER_BEAT_FRAMES * PcmClip.FRAME_BYTES];
        ByteBuffer out = littleEndian(bytes);
        for (int[] note : ODE_TO_JOY) {
            note(out, note[0], note[1] * QUARTER_BEAT_FRAMES);
        }
        return new PcmClip(bytes);
    }

    /** A rising tone: no two moments of it are alike, so that a recording shows where it began. */
    public static PcmClip sweep(int seconds) {
        int count = seconds * PcmClip.RATE_HZ;
        byte[] bytes = new byte[count * PcmClip.FRAME_BYTES];
        ByteBuffer out = littleEndian(bytes);
        for (int n = 0; n < count; n++) {
            double t = (n + 1.0) / PcmClip.RATE_HZ;
            double turns = SWEEP_LOW_HZ * t + (SWEEP_HIGH_HZ - SWEEP_LOW_HZ) / (2.0 * seconds) * t * t;
            put(out, LOUDNESS * StrictMath.sin(2 * StrictMath.PI * turns), LOUDNESS * StrictMath.cos(turns));
        }
        return new PcmClip(bytes);
    }

    private static void note(ByteBuffer out, int key, int count) {
        double hz = A4_HZ * StrictMath.pow(2, (key - A4_KEY) / (double) KEYS_PER_OCTAVE);
        for (int n = 0; n < count; n++) {
            double phase = 2 * StrictMath.PI * hz * n / PcmClip.RATE_HZ;
            double sum = 0;
            for (int harmonic = 0; harmonic < HARMONICS.length; harmonic++) {
                sum += HARMONICS[harmonic] * StrictMath.sin((harmonic + 1) * phase);
            }
            double loudness = LOUDNESS * envelope(n, count);
            put(out, loudness * sum, loudness * sum * 0.8 + loudness * 0.2 * StrictMath.sin(2.01 * phase));
        }
    }

    private static double envelope(int n, int count) {
        double attack = Math.min(1.0, n / (double) ATTACK_FRAMES);
        double release = Math.min(1.0, (count - n) / (double) RELEASE_FRAMES);
        return attack * release * StrictMath.exp(-2.0 * n / PcmClip.RATE_HZ);
    }

    private static void put(ByteBuffer out, double left, double right) {
        out.putShort((short) StrictMath.rint(left)).putShort((short) StrictMath.rint(right));
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
