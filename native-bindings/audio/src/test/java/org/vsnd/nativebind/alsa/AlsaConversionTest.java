// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.alsa;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.frames.SampleConverter;
import org.vsnd.nativebind.libc.NativeBuffer;

/** The reference is libasound's own plug layer, in front of a file. */
@DisplayName("Our conversions of samples are ALSA's")
class AlsaConversionTest {
    private static final int FRAMES = 1 << 16;

    @TempDir
    Path folder;

    @BeforeAll
    static void require() throws Exception {
        Alsa.require();
    }

    @AfterEach
    void forgetConfiguration() {
        AlsaConfigFile.forget();
    }

    /** What ALSA makes of samples. */
    private byte[] byAlsa(PcmFormat from, PcmFormat to, byte[] samples) throws Exception {
        Path out = folder.resolve("converted.raw");
        Files.deleteIfExists(out);
        String name = to.name() + (to.name().endsWith("_3") ? "LE" : to.sampleBytes() > 1 ? "_LE" : "");
        AlsaConfigFile.use(
                folder,
                "pcm.converted { type plug slave { format " + name + " pcm { type file slave.pcm null file \"" + out
                        + "\" format raw } } }");
        PcmParams params = new PcmParams(from, 48_000, 1, 4800);
        AlsaPcm pcm = AlsaPcm.open("converted", PcmDirection.PLAYBACK, params);
        NativeBuffer memory = new NativeBuffer(samples.length);
        memory.bytes().put(samples);
        int frames = samples.length / from.sampleBytes();
        int done = 0;
        while (done < frames) {
            long taken = pcm.write(memory.address() + (long) done * from.sampleBytes(), frames - done);
            if (taken == 0) { // full: it is read when it runs
                assertThat(pcm.start()).isNotNegative();
            }
            assertThat(taken).as(LibAsound.snd_strerror((int) taken)).isNotNegative();
            done += (int) taken;
        }
        pcm.close();
        return Files.readAllBytes(out);
    }

    private static byte[] byUs(PcmFormat from, PcmFormat to, byte[] samples) {
        ByteBuffer converted = ByteBuffer.allocate(samples.length / from.sampleBytes() * to.sampleBytes());
        new SampleConverter(from, 1, to, 1).convert(ByteBuffer.wrap(samples), converted);
        return converted.array();
    }

    /** Every sample of up to 16 bits, and as many at random of the wider ones. */
    private static byte[] samples(PcmFormat format) {
        ByteBuffer samples = ByteBuffer.allocate(FRAMES * format.sampleBytes()).order(ByteOrder.LITTLE_ENDIAN);
        Random random = new Random(1);
        for (int i = 0; i < FRAMES; i++) {
            switch (format) {
                case FLOAT -> samples.putFloat((i - FRAMES / 2) / (float) (FRAMES / 2));
                case FLOAT64 -> samples.putDouble(random.nextDouble() * 2 - 1);
                default -> {
                    int sample = format.sampleBytes() <= 2 ? i : random.nextInt();
                    for (int at = 0; at < format.sampleBytes(); at++) {
                        samples.put((byte) (sample >>> (8 * at)));
                    }
                }
            }
        }
        return samples.array();
    }

    @ParameterizedTest
    @EnumSource(
            value = PcmFormat.class,
            names = {
                "MU_LAW", "A_LAW", "S8", "U8", "S16", "U16", "S18_3", "U18_3", "S20_3", "U20_3", "S24_3", "U24_3",
                "S20", "U20", "S24", "U24", "U32"
            })
    @DisplayName("to 32 bits, to the last bit, for every sample")
    void to32Bits(PcmFormat format) throws Exception {
        byte[] samples = samples(format);
        assertThat(byUs(format, PcmFormat.S32, samples)).isEqualTo(byAlsa(format, PcmFormat.S32, samples));
    }

    @ParameterizedTest
    @EnumSource(
            value = PcmFormat.class,
            names = {"MU_LAW", "A_LAW", "S24_3", "U24", "S24", "S32", "U32"})
    @DisplayName("from 16 bits, to the last bit, for every sample")
    void from16Bits(PcmFormat format) throws Exception {
        byte[] samples = samples(PcmFormat.S16);
        byte[] reference = byAlsa(PcmFormat.S16, format, samples);
        if (format == PcmFormat.U24) {
            for (int at = 3; at < reference.length; at += 4) {
                reference[at] = 0; // above the valid bits ALSA leaves what it likes
            }
        }
        assertThat(byUs(PcmFormat.S16, format, samples)).isEqualTo(reference);
    }

    @Test
    @DisplayName("from 16 bits to floats")
    void toFloats() throws Exception {
        byte[] samples = samples(PcmFormat.S16);
        assertThat(byUs(PcmFormat.S16, PcmFormat.FLOAT, samples))
                .isEqualTo(byAlsa(PcmFormat.S16, PcmFormat.FLOAT, samples));
    }

    @Test
    @DisplayName("from floats that are 16 bits")
    void fromFloats() throws Exception {
        byte[] samples = samples(PcmFormat.FLOAT);
        assertThat(byUs(PcmFormat.FLOAT, PcmFormat.S32, samples))
                .isEqualTo(byAlsa(PcmFormat.FLOAT, PcmFormat.S32, samples));
    }
}
