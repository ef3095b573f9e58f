// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.speex;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.Resampler;

class SpeexResamplerTest {
    private static final int RATE = 48_000;
    private static final int BLOCK = 480;

    private static Resampler open(PcmFormat format, int channels) {
        return SpeexResampler.open(new PcmParams(format, RATE, channels, 960))
                .orElseThrow(() -> new AssertionError("install the package libspeexdsp1"));
    }

    /** What came out, and where in the input each frame lay by the ratios asked for. */
    private static final class Output {
        private final double[] left;
        private final double[] place;

        Output(double[] left, double[] place) {
            this.left = left;
            this.place = place;
        }

        /** The largest deviation from the sine at those places. */
        double worst(double hz, double amplitude) {
            double worst = 0;
            for (int i = RATE / 10; i < left.length; i++) {
                worst = Math.max(worst, Math.abs(left[i] - sine(hz, amplitude, place[i])));
            }
            return worst;
        }

        /** The power of all that is not the sine, against the sine's, in dB: after the best phase and amplitude. */
        double residueDecibels(double hz) {
            double[] sums = new double[5]; // sin², sin cos, cos², x sin, x cos
            for (int i = RATE / 10; i < left.length; i++) {
                double sin = Math.sin(2 * Math.PI * hz * place[i] / RATE);
                double cos = Math.cos(2 * Math.PI * hz * place[i] / RATE);
                sums[0] += sin * sin;
                sums[1] += sin * cos;
                sums[2] += cos * cos;
                sums[3] += left[i] * sin;
                sums[4] += left[i] * cos;
            }
            double determinant = sums[0] * sums[2] - sums[1] * sums[1];
            double a = (sums[3] * sums[2] - sums[4] * sums[1]) / determinant;
            double b = (sums[4] * sums[0] - sums[3] * sums[1]) / determinant;
            double signal = 0;
            double residue = 0;
            for (int i = RATE / 10; i < left.length; i++) {
                double fit = a * Math.sin(2 * Math.PI * hz * place[i] / RATE)
                        + b * Math.cos(2 * Math.PI * hz * place[i] / RATE);
                signal += fit * fit;
                residue += (left[i] - fit) * (left[i] - fit);
            }
            return 10 * Math.log10(residue / signal);
        }
    }

    private static double sine(double hz, double amplitude, double frame) {
        return amplitude * Math.sin(2 * Math.PI * hz * frame / RATE);
    }

    /** Sends a tone through, one block at a time, each with the ratio of its number. */
    private static Output tone(
            Resampler resampler, PcmFormat format, double hz, int blocks, IntToDoubleFunction ratio) {
        int bytes = format.sampleBytes();
        ByteBuffer in = ByteBuffer.allocateDirect(BLOCK * bytes).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = ByteBuffer.allocateDirect(BLOCK * bytes).order(ByteOrder.LITTLE_ENDIAN);
        double[] left = new double[blocks * BLOCK];
        double[] place = new double[blocks * BLOCK];
        long frame = 0;
        double at = -resampler.delayFrames();
        NearUnityFraction fraction = new NearUnityFraction();
        in.limit(0);
        for (int block = 0; block < blocks; block++) {
            double now = ratio.applyAsDouble(block);
            resampler.setRatio(now);
            if (Math.abs(now - 1) > 16e-6) { // the ratio in force; closer to 1 the ratio asked for
                fraction.choose(now);
                now = fraction.ratio();
            }
            out.clear();
            while (out.hasRemaining()) {
                if (!in.hasRemaining()) {
                    in.clear();
                    while (in.hasRemaining()) {
                        put(in, format, sine(hz, 0.5, (double) frame));
                        frame++;
                    }
                    in.flip();
                }
                resampler.process(in, out);
            }
            out.flip();
            for (int i = 0; i < BLOCK; i++) {
                left[block * BLOCK + i] = get(out, format);
                place[block * BLOCK + i] = at;
                at += now;
            }
        }
        return new Output(left, place);
    }

    private static void put(ByteBuffer to, PcmFormat format, double value) {
        switch (format) {
            case S16 -> to.putShort((short) Math.rint(value * 32767));
            case S32 -> to.putInt((int) Math.rint(value * 0x7fff_ffff));
            default -> to.putFloat((float) value);
        }
    }

    private static double get(ByteBuffer from, PcmFormat format) {
        return switch (format) {
            case S16 -> from.getShort() / 32767.0;
            case S32 -> from.getInt() / (double) 0x7fff_ffff;
            default -> from.getFloat();
        };
    }

    @ParameterizedTest
    @CsvSource({"S16,440", "S16,1000", "S16,10000", "S32,440", "S32,1000", "FLOAT,1000", "FLOAT,10000"})
    @DisplayName("a tone through a ratio that walks in steps has no click: every sample is where the ratios say")
    void aChangingRatioMakesNoClick(PcmFormat format, double hz) {
        try (Resampler resampler = open(format, 1)) {
            // 20 s: from 1 to +600 ppm, down to -600 ppm and back, in steps of 10 ppm every 100 ms
            IntToDoubleFunction walk = block -> {
                int step = block / 10;
                int ppm = step < 60 ? step : step < 180 ? 120 - step : step - 240;
                return 1 + 10 * ppm / 1e6;
            };
            Output output = tone(resampler, format, hz, 2000, walk);
            double samplePerFrame = 0.5 * 2 * Math.PI * hz / RATE; // the tone at its steepest
            assertThat(output.residueDecibels(hz)).isLessThan(-65 + 20 * Math.log10(hz / 1000));
            assertThat(output.worst(hz, 0.5)).isLessThan(0.015 * samplePerFrame);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "500,1000,-110",
        "-500,1000,-110",
        "500,10000,-100",
        "5000,1000,-110",
        "0,1000,-65", // two ratios take turns: the tone's phase moves by some hundredths of a degree
        "7,1000,-65",
        "-7,10000,-45"
    })
    void aSteadyRatioLeavesTheTonePure(double ppm, double hz, double mostDecibels) {
        try (Resampler resampler = open(PcmFormat.FLOAT, 1)) {
            Output output = tone(resampler, PcmFormat.FLOAT, hz, 1000, block -> 1 + ppm / 1e6);
            double decibels = output.residueDecibels(hz);
            assertThat(decibels).isLessThan(mostDecibels);
        }
    }

    @Test
    void takesWhatTheRatioSays() {
        try (Resampler resampler = open(PcmFormat.S16, 2)) {
            for (double ppm : new double[] {500, -500, 3, 123.4, -4999}) {
                resampler.setRatio(1 + ppm / 1e6);
                ByteBuffer in = ByteBuffer.allocateDirect(512 * 4);
                ByteBuffer out = ByteBuffer.allocateDirect(4800 * 4);
                in.limit(0);
                long taken = 0;
                int rounds = 600; // a minute
                for (int i = 0; i < rounds; i++) {
                    out.clear();
                    while (out.hasRemaining()) {
                        if (!in.hasRemaining()) {
                            in.clear();
                        }
                        int before = in.position();
                        resampler.process(in, out);
                        taken += (in.position() - before) / 4;
                    }
                }
                double error = taken - rounds * 4800.0 * (1 + ppm / 1e6);
                assertThat(error).as("frames in a minute at %s ppm", ppm).isBetween(-2.0, 2.0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = PcmFormat.class,
            names = {"S16", "S32", "FLOAT", "S8", "U16", "S24_3", "FLOAT64"})
    void silenceStaysSilence(PcmFormat format) {
        try (Resampler resampler = open(format, 2)) {
            resampler.setRatio(1.001);
            int frameBytes = 2 * format.sampleBytes();
            ByteBuffer in = ByteBuffer.allocateDirect(1000 * frameBytes);
            format.fillSilence(in);
            ByteBuffer out = ByteBuffer.allocateDirect(2000 * frameBytes);
            int frames = resampler.process(in.flip(), out);
            assertThat(frames).isBetween(998, 1000);
            assertThat(in.remaining()).isZero();
            ByteBuffer silence = ByteBuffer.allocateDirect(frames * frameBytes);
            format.fillSilence(silence);
            assertThat(out.flip()).isEqualTo(silence.flip());
        }
    }

    @Test
    void samplesThatAreNoNumbersHaveNoResampler() {
        assertThat(SpeexResampler.open(new PcmParams(PcmFormat.DSD_U8, RATE, 2, 960)))
                .isEmpty();
        assertThat(SpeexResampler.open(new PcmParams(PcmFormat.IEC958_SUBFRAME, RATE, 2, 960)))
                .isEmpty();
    }

    @Test
    void nothingIsAllocatedPerCall() {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (PcmFormat format : new PcmFormat[] {PcmFormat.S16, PcmFormat.S32, PcmFormat.FLOAT}) {
            try (Resampler resampler = open(format, 2)) {
                ByteBuffer in = ByteBuffer.allocateDirect(BLOCK * 2 * format.sampleBytes());
                ByteBuffer out = ByteBuffer.allocateDirect(BLOCK * 2 * format.sampleBytes());
                long least = Long.MAX_VALUE;
                for (int round = 0; round < 10 && least > 0; round++) {
                    long before = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < 1000; i++) {
                        resampler.setRatio(1 + i / 1e6);
                        resampler.process(in.clear(), out.clear());
                    }
                    least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
                }
                assertThat(least).as("bytes in 1000 calls, %s", format).isZero();
            }
        }
    }

    @Test
    void openingAndClosingLeavesNoMemoryBehind() throws IOException {
        for (int i = 0; i < 500; i++) {
            cycle();
        }
        long before = residentKilobytes();
        for (int i = 0; i < 5_000; i++) { // some 50 KiB each
            cycle();
        }
        assertThat(residentKilobytes() - before).isLessThan(100_000);
    }

    private static void cycle() {
        Resampler resampler = open(PcmFormat.FLOAT, 8);
        resampler.close();
        resampler.close();
    }

    private static long residentKilobytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
