// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.vsnd.audio.file.WavFileSupport.array;
import static org.vsnd.audio.file.WavFileSupport.await;
import static org.vsnd.audio.file.WavFileSupport.bytes;
import static org.vsnd.audio.file.WavFileSupport.data;
import static org.vsnd.audio.file.WavFileSupport.pattern;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.Allocation;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.LogLines;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

class WavBackendTest {
    private static final PcmParams S16 = new PcmParams(PcmFormat.S16, 48000, 2, 960);

    @TempDir
    Path folder;

    private Path out;

    @BeforeEach
    void nameTheFile() {
        out = folder.resolve("out.wav");
    }

    private Path file(int number) {
        return folder.resolve("out-" + number + ".wav");
    }

    @Test
    @DisplayName("what a guest records from is the input file only, by its whole path")
    void recordsFromTheInputOnly() throws IOException {
        Path in = folder.resolve("in.wav");
        try (WavBackend backend = new WavBackend(in, null, true)) {
            assertThat(backend.recordsFrom()).isEqualTo("nothing: silence");
        }
        try (WavBackend backend = new WavBackend(out, in, true)) {
            assertThat(backend.recordsFrom()).isEqualTo("the file " + in);
        }
    }

    @Test
    @DisplayName("the rings of all tracks take no more memory than the sound of the card may")
    void tracksTakeNoMoreThanTheCardMay() throws IOException {
        AudioBudget card = new AudioBudget(1 << 20, 8, 2, 1); // two rings have room in it
        PcmParams params = new PcmParams(PcmFormat.S16, 48000, 2, 960, 24_000, card);
        try (WavBackend backend = new WavBackend(out, null, true)) {
            for (int i = 0; i < 4; i++) {
                assertThat(backend.openSink(params, "output " + i).write(pattern(4)))
                        .isEqualTo(1);
            }
        }
        assertThat(file(2)).exists();
        assertThat(file(3)).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource(
            value = PcmFormat.class,
            names = {"U8", "S16", "S24_3", "S32", "FLOAT", "FLOAT64", "MU_LAW", "A_LAW"})
    void everyNativeFormatIsInTheFileToTheBit(PcmFormat format) throws IOException {
        PcmParams params = new PcmParams(format, 44100, 1, 0);
        ByteBuffer played = pattern(params.frameBytes() * 100_001); // more than the ring, and odd for one byte
        try (WavBackend backend = new WavBackend(out, null, true);
                AudioSink sink = backend.openSink(params, "output 0")) {
            assertThat(sink.write(played)).isEqualTo(100_001);
        }
        assertThat(data(out)).isEqualTo(array(played));
        ByteBuffer file = bytes(out);
        assertThat(file.getInt(4)).isEqualTo(file.limit() - 8);
        assertThat(file.limit() % 2).isZero();
        try (WavReader reader = new WavReader(out)) {
            assertThat(reader.pcmFormat()).isEqualTo(format);
            assertThat(reader.format().rateHz()).isEqualTo(44100);
            assertThat(reader.frames()).isEqualTo(100_001);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "S8, 01807f, 8100ff",
        "S24, 563412ab, 00563412",
        "S20, 452301ff, 00503412",
        "S20_3, 452301, 503412",
        "S18_3, 452301, 40d148",
        "U16, 0080ff7f0000, 0000ffff0080",
        "U24_3, 000080ffff7f, 000000ffffff",
        "U20_3, 452301, 503492",
        "U18_3, 452301, 40d1c8",
        "U20, 45230100, 00503492",
        "U24, 45230100, 00452381",
        "U32, 00000080ffff0000, 00000000ffff0080",
        "MU_LAW, ff7f00, ff7f00",
        "A_LAW, d5552a, d5552a"
    })
    void otherFormatsAreKeptWithoutLoss(PcmFormat format, String played, String kept) throws IOException {
        byte[] samples = HexFormat.of().parseHex(played);
        PcmParams params = new PcmParams(format, 48000, 1, 0);
        ByteBuffer frames =
                ByteBuffer.allocateDirect(samples.length).put(samples).flip();
        try (WavBackend backend = new WavBackend(out, null, false)) {
            backend.openSink(params, "output 0").write(frames);
        }
        assertThat(HexFormat.of().formatHex(data(out))).isEqualTo(kept);
    }

    @Test
    void aFormatThatWavCannotHoldIsDroppedAndNothingElse() throws IOException {
        try (LogLines log = new LogLines();
                WavBackend backend = new WavBackend(out, null, false)) {
            for (PcmFormat format : new PcmFormat[] {PcmFormat.DSD_U8, PcmFormat.DSD_U32, PcmFormat.IEC958_SUBFRAME}) {
                AudioSink sink = backend.openSink(new PcmParams(format, 48000, 2, 7), "output 0");
                assertThat(sink.write(ByteBuffer.allocateDirect(64))).isEqualTo(64 / format.sampleBytes() / 2);
                assertThat(sink.targetFrames()).isEqualTo(7);
                backend.openSink(new PcmParams(format, 48000, 2, 8), "output 0");
                assertThat(log.with("cannot hold " + format)).hasSize(1);
                assertThat(backend.playbackRefusal(format, 48000, 2))
                        .hasValueSatisfying(why -> assertThat(why).contains(format.name(), "S16"));
                assertThat(backend.captureRefusal(format, 48000, 2)).isEmpty(); // it records silence
            }
        }
        assertThat(Files.size(out)).isEqualTo(44);
        assertThat(file(2)).doesNotExist();
    }

    @Test
    void theSameFormatAgainIsAppended() throws IOException {
        ByteBuffer played = pattern(4 * 1000);
        try (WavBackend backend = new WavBackend(out, null, false)) {
            for (int from = 0; from < 1000; from += 250) {
                try (AudioSink sink = backend.openSink(S16, "output 0")) {
                    sink.start();
                    sink.write(played.limit((from + 250) * 4).position(from * 4));
                    sink.drain();
                    sink.pause();
                    assertThat(sink.reports()).isSameAs(PositionReports.NONE);
                }
            }
        }
        assertThat(data(out)).isEqualTo(array(played));
        assertThat(file(2)).doesNotExist();
    }

    @Test
    void anotherFormatAndASecondStreamGetFilesOfTheirOwn() throws IOException {
        Files.write(file(2), new byte[5000]); // of an earlier run
        ByteBuffer first = pattern(400);
        ByteBuffer second = pattern(800);
        ByteBuffer third = pattern(1200);
        try (LogLines log = new LogLines();
                WavBackend backend = new WavBackend(out, null, false)) {
            AudioSink sink = backend.openSink(S16, "output 0");
            sink.write(first);
            await(() -> size(out) == 444);
            AudioSink beside = backend.openSink(S16, "output 1");
            beside.write(second);
            await(() -> size(file(2)) == 844);
            sink.close();
            assertThat(sink.write(first.clear())).isZero();
            AudioSink other = backend.openSink(new PcmParams(PcmFormat.S32, 48000, 2, 0), "output 0");
            other.write(third);
            await(() -> size(file(3)) == 1244);
            sink = backend.openSink(S16, "output 0");
            sink.write(first.clear());
            assertThat(log.with("output 1, S16 48000 Hz 2 ch: goes to"))
                    .singleElement()
                    .asString()
                    .contains("overwritten");
            assertThat(log.with("output 0, S32 48000 Hz 2 ch: goes to"))
                    .singleElement()
                    .asString()
                    .endsWith("out-3.wav");
        }
        byte[] twice = Arrays.copyOf(array(first), 800);
        System.arraycopy(twice, 0, twice, 400, 400);
        assertThat(data(out)).isEqualTo(twice);
        assertThat(data(file(2))).isEqualTo(array(second));
        assertThat(data(file(3))).isEqualTo(array(third));
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : -1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFullFileIsFollowedByTheNextWithoutASeam() throws IOException {
        ByteBuffer played = pattern(4 * 1000);
        try (WavBackend backend = new WavBackend(out, null, false, 44 + 1 + 4 * 400 + 3)) {
            backend.openSink(S16, "output 0").write(played);
        }
        assertThat(data(out)).isEqualTo(Arrays.copyOfRange(array(played), 0, 1600));
        assertThat(data(file(2))).isEqualTo(Arrays.copyOfRange(array(played), 1600, 3200));
        assertThat(data(file(3))).isEqualTo(Arrays.copyOfRange(array(played), 3200, 4000));
    }

    @ParameterizedTest
    @CsvSource({"U8, 1000, 1000", "MU_LAW, 48001, 48000", "S16, 9223372036854775807, 48000"})
    void aGapIsSilenceOfAtMostASecond(PcmFormat format, long asked, int frames) throws IOException {
        PcmParams params = new PcmParams(format, 48000, 1, 0);
        try (WavBackend backend = new WavBackend(out, null, false)) {
            backend.openSink(params, "output 0").gap(asked);
        }
        ByteBuffer silence = ByteBuffer.allocate(frames * params.frameBytes());
        format.fillSilence(silence);
        assertThat(data(out)).isEqualTo(silence.array());
    }

    @Test
    void whatTheRingCannotTakeIsLostNotWaitedFor() throws IOException {
        ByteBuffer threeSeconds = pattern(4 * 144_000);
        int taken;
        try (LogLines log = new LogLines();
                WavBackend backend = new WavBackend(out, null, false)) {
            taken = backend.openSink(S16, "output 0").write(threeSeconds);
            assertThat(taken).isEqualTo(96_000);
            await(() -> !log.with("48000 frames are missing").isEmpty());
        }
        assertThat(data(out)).isEqualTo(Arrays.copyOf(array(threeSeconds), 4 * taken));
    }

    @Test
    void aFileThatCannotBeWrittenIsTriedAgainUntilItCan() throws IOException {
        Path target = Files.createSymbolicLink(file(2), Path.of("/dev/full"));
        ByteBuffer played = pattern(4 * 100);
        try (LogLines log = new LogLines();
                WavBackend backend = new WavBackend(out, null, false)) {
            backend.openSink(S16, "output 0").write(pattern(4));
            await(() -> size(out) == 48);
            AudioSink failing = backend.openSink(S16, "output 1");
            failing.write(played);
            await(() -> !log.with("output 1: the WAV file cannot be written").isEmpty());
            Files.delete(target);
            await(() -> {
                failing.write(played.clear());
                return size(file(2)) > 44;
            });
            await(() ->
                    !log.with("output 1: the WAV file is being written again").isEmpty());
            assertThat(log.with("cannot be written")).hasSize(1);
        }
        assertThat(data(file(2)).length % 400).isZero();
        assertThat(Arrays.copyOf(data(file(2)), 400)).isEqualTo(array(played));
    }

    @Test
    void filesThatCannotBeHadAreRefusedAtOnceWithASentence() throws IOException {
        assertThatThrownBy(() -> new WavBackend(folder.resolve("no/out.wav"), null, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not exist: create it");
        assertThatThrownBy(() -> new WavBackend(folder, null, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be written");
        assertThatThrownBy(() -> new WavBackend(Path.of("/dev/full"), null, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be written");
        assertThatThrownBy(() -> new WavBackend(out, folder.resolve("none.wav"), false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be read");
        assertThat(out).doesNotExist();
        new WavWriter(out, WavFormat.of(S16), WavWriter.MAX_FILE_BYTES).close();
        assertThatThrownBy(() -> new WavBackend(out, out, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("name two different files");
    }

    @Test
    void theThreadIsADaemonAndEndsWithTheBackend() throws IOException {
        WavBackend backend = new WavBackend(out, null, false);
        Thread thread = WavFileSupport.threadNamed("vsnd-audio-wav-out.wav");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(backend.name()).isEqualTo("wav:" + out);
        backend.close();
        assertThat(thread.isAlive()).isFalse();
        backend.close();
    }

    @Test
    void playingAllocatesNothingOnEitherThread() throws IOException {
        try (WavBackend backend = new WavBackend(out, null, true)) {
            Thread thread = WavFileSupport.threadNamed("vsnd-audio-wav-out.wav");
            AudioSink sink = backend.openSink(new PcmParams(PcmFormat.S24, 48000, 2, 0), "output 0");
            ByteBuffer frames = ByteBuffer.allocateDirect(8 * 480);
            long[] written = {0};
            assertThat(Allocation.ofWarm(() -> {
                        sink.write(frames.clear());
                        sink.gap(7);
                        written[0] += 487;
                    }))
                    .isZero();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 5 && least > 0; round++) {
                await(() -> size(out) == 80 + 8 * written[0]);
                long before = Allocation.byThread(thread.getId());
                for (int i = 0; i < 1000; i++) {
                    sink.write(frames.clear());
                    written[0] += 480;
                }
                await(() -> size(out) == 80 + 8 * written[0]);
                least = Math.min(least, Allocation.byThread(thread.getId()) - before);
            }
            assertThat(least).isZero();
        }
    }
}
