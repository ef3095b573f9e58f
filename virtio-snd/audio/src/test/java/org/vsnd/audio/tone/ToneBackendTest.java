// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.tone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.Allocation;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;
import org.vsnd.audio.frames.LinearSample;

class ToneBackendTest {
    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Test
    void bothChannelsAreTheirSineToTheBitThroughAnyCutAndSkip() {
        PcmParams params = new PcmParams(PcmFormat.S16, 44100, 2, 0);
        AudioSource source = new ToneBackend(441).openSource(params, "input 0");
        source.start();
        assertThat(source.latencyFrames()).isZero();
        assertThat(source.reports()).isSameAs(PositionReports.NONE);
        ByteBuffer dst = buffer(4 * 997 + 3);
        assertThat(source.read(dst, 0)).isEqualTo(997);
        assertThat(dst.remaining()).isEqualTo(3);
        source.skip(12_345, 0);
        dst.clear();
        source.read(dst, 0);
        for (int i = 0; i < 997; i++) {
            long frame = 997L + 12_345 + i;
            assertThat(dst.getShort(4 * i)).isEqualTo(s16(0.5 * Math.sin(2 * Math.PI * (frame % 100) / 100)));
            assertThat(dst.getShort(4 * i + 2)).isEqualTo(s16(0.5 * Math.sin(2 * Math.PI * (frame % 200 * 3) / 200)));
            assertThat(dst.getShort(4 * i)).isEqualTo(s16(ToneSource.valueAt(441, 44100, 0, frame)));
        }
    }

    private static short s16(double value) {
        return (short) Math.rint(value * 32768);
    }

    @Test
    void afterADayThePhaseIsStillExact() {
        PcmParams params = new PcmParams(PcmFormat.FLOAT64, 48000, 2, 0);
        AudioSource fresh = new ToneBackend(997).openSource(params, "input 0");
        AudioSource old = new ToneBackend(997).openSource(params, "input 0");
        old.skip(48000L * 86400, 0);
        ByteBuffer first = buffer(16 * 500);
        ByteBuffer later = buffer(16 * 500);
        fresh.read(first, 0);
        old.read(later, 0);
        assertThat(later.flip()).isEqualTo(first.flip());
    }

    @ParameterizedTest
    @EnumSource(
            value = PcmFormat.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"IMA_ADPCM", "MU_LAW", "A_LAW", "DSD_U8", "DSD_U16", "DSD_U32", "IEC958_SUBFRAME"})
    void everyLinearFormatGetsAToneAtHalfScale(PcmFormat format) {
        PcmParams params = new PcmParams(format, 48000, 1, 0);
        AudioSource source = new ToneBackend(1000).openSource(params, "input 0");
        ByteBuffer dst = buffer(48 * format.sampleBytes());
        assertThat(source.read(dst, 0)).isEqualTo(48);
        LinearSample sample = new LinearSample(format);
        double step = format.sampleBytes() == 1 ? 1.0 / 128 : 1.0 / 32768;
        assertThat(sample.load(dst, 0)).isZero();
        assertThat(sample.load(dst, 12 * format.sampleBytes())).isEqualTo(0.5);
        assertThat(sample.load(dst, 36 * format.sampleBytes())).isEqualTo(-0.5);
        assertThat(sample.load(dst, 4 * format.sampleBytes())).isCloseTo(0.25, within(step));
    }

    @ParameterizedTest
    @EnumSource(
            value = PcmFormat.class,
            names = {"DSD_U8", "IEC958_SUBFRAME"})
    void otherFormatsAreRefusedAndSilence(PcmFormat format) {
        ToneBackend backend = new ToneBackend(1000);
        assertThat(backend.captureRefusal(format, 48000, 2))
                .hasValueSatisfying(why -> assertThat(why).contains(format.name(), "S16"));
        assertThat(backend.captureRefusal(PcmFormat.A_LAW, 48000, 2)).isEmpty();
        AudioSource source = backend.openSource(new PcmParams(format, 48000, 2, 0), "input 0");
        ByteBuffer dst = buffer(64);
        assertThat(source.read(dst, 0)).isZero();
        assertThat(dst.position()).isZero();
    }

    @Test
    void readingAllocatesNothing() {
        AudioSource source = new ToneBackend(440).openSource(new PcmParams(PcmFormat.FLOAT, 48000, 2, 0), "input 0");
        ByteBuffer dst = buffer(8 * 48);
        assertThat(Allocation.ofWarm(() -> {
                    source.read(dst.clear(), 0);
                    source.skip(1, 0);
                }))
                .isZero();
    }

    @Test
    void onlyTonesOneCanHearAreOffered() {
        assertThatThrownBy(() -> new ToneBackend(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ToneBackend(20_001)).isInstanceOf(IllegalArgumentException.class);
        assertThat(new ToneBackend(440).name()).isEqualTo("tone:440");
    }
}
