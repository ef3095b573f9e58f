// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.audio.Allocation;
import org.vsnd.audio.PcmFormat;

class SampleConverterTest {
    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static ByteBuffer convert(ByteBuffer src, PcmFormat from, int fromCh, PcmFormat to, int toCh, int frames) {
        ByteBuffer dst = buffer(frames * to.sampleBytes() * toCh);
        assertThat(new SampleConverter(from, fromCh, to, toCh).convert(src, dst))
                .isEqualTo(frames);
        assertThat(src.hasRemaining()).isFalse();
        return dst.flip();
    }

    @ParameterizedTest
    @CsvSource({
        "U8, S16",
        "U8, FLOAT",
        "S8, S32",
        "S16, S24_3",
        "S16, U24",
        "S16, FLOAT",
        "S24_3, S24",
        "S24_3, S32",
        "S24_3, FLOAT",
        "U24_3, FLOAT",
        "S20_3, S24",
        "U18_3, S20",
        "S32, FLOAT64",
        "S32, U32",
        "FLOAT64, FLOAT64"
    })
    void toAWiderFormatAndBackIsExact(PcmFormat narrow, PcmFormat wide) {
        int frames = 4096;
        ByteBuffer original = buffer(frames * narrow.sampleBytes());
        Random random = new Random(3);
        LinearSample sample = new LinearSample(narrow);
        for (int i = 0; i < frames; i++) {
            sample.store(original, i * narrow.sampleBytes(), random.nextDouble() * 2.1 - 1.05);
        }
        ByteBuffer there = convert(original.duplicate(), narrow, 1, wide, 1, frames);
        assertThat(convert(there, wide, 1, narrow, 1, frames)).isEqualTo(original);
    }

    @Test
    void outOfRangeIsClippedAndNanIsSilence() {
        ByteBuffer src = buffer(16);
        src.putFloat(0, 1.5f).putFloat(4, -1.5f).putFloat(8, Float.NaN).putFloat(12, 1f);
        ByteBuffer dst = convert(src, PcmFormat.FLOAT, 2, PcmFormat.S16, 2, 2);
        assertThat(dst.order(ByteOrder.LITTLE_ENDIAN).asShortBuffer())
                .isEqualTo(java.nio.ShortBuffer.wrap(new short[] {32767, -32768, 0, 32767}));
    }

    @Test
    void whatADriverLeavesAboveTheValidBitsIsIgnored() {
        ByteBuffer src = buffer(4);
        src.putInt(0, 0xab_123456);
        ByteBuffer dst = convert(src, PcmFormat.S24, 1, PcmFormat.S32, 1, 1);
        assertThat(dst.order(ByteOrder.LITTLE_ENDIAN).getInt(0)).isEqualTo(0x12345600);
    }

    @Test
    void monoGoesToBothChannelsAndStereoToTheirMean() {
        ByteBuffer mono = buffer(4).putShort(0, (short) 1000).putShort(2, (short) -7);
        ByteBuffer stereo = convert(mono, PcmFormat.S16, 1, PcmFormat.S16, 2, 2).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(stereo.getShort(0)).isEqualTo((short) 1000);
        assertThat(stereo.getShort(2)).isEqualTo((short) 1000);
        assertThat(stereo.getShort(6)).isEqualTo((short) -7);
        stereo.putShort(2, (short) 3000);
        ByteBuffer back = convert(stereo, PcmFormat.S16, 2, PcmFormat.S16, 1, 2).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(back.getShort(0)).isEqualTo((short) 2000);
    }

    @Test
    void equalLayoutsAreCopiedWhateverTheyAre() {
        assertThat(SampleConverter.possible(PcmFormat.A_LAW, 6, PcmFormat.A_LAW, 6))
                .isTrue();
        ByteBuffer src = buffer(12).putLong(0, 0x0123456789abcdefL);
        assertThat(convert(src.duplicate(), PcmFormat.A_LAW, 6, PcmFormat.A_LAW, 6, 2))
                .isEqualTo(src);
    }

    @Test
    void whatCannotBeConvertedIsNamed() {
        assertThat(SampleConverter.possible(PcmFormat.IMA_ADPCM, 1, PcmFormat.S16, 1))
                .isFalse();
        assertThat(SampleConverter.possible(PcmFormat.S16, 1, PcmFormat.DSD_U8, 1))
                .isFalse();
        assertThat(SampleConverter.possible(PcmFormat.S16, 6, PcmFormat.S16, 2)).isFalse();
        assertThat(SampleConverter.possible(PcmFormat.S16, 2, PcmFormat.FLOAT, 1))
                .isTrue();
    }

    @Test
    void convertingAllocatesNothing() {
        SampleConverter converter = new SampleConverter(PcmFormat.S24, 2, PcmFormat.FLOAT, 1);
        ByteBuffer src = buffer(8 * 64);
        ByteBuffer dst = buffer(4 * 64);
        assertThat(Allocation.ofWarm(() -> converter.convert(src.clear(), dst.clear())))
                .isZero();
    }
}
