// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.audio.file.WavFileSupport.array;
import static org.vsnd.audio.file.WavFileSupport.pattern;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.audio.Allocation;
import org.vsnd.audio.AudioBudget;
import org.vsnd.audio.AudioSource;
import org.vsnd.audio.LogLines;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;
import org.vsnd.audio.PositionReports;

class WavInputTest {
    private static final int FRAMES = 8000 * 7 + 123; // seven seconds, more than memory and ring hold
    private static final PcmParams S16 = new PcmParams(PcmFormat.S16, 8000, 2, 0);

    @TempDir
    Path folder;

    private Path out;
    private Path in;
    private final ByteBuffer recorded = pattern(4 * FRAMES);

    @BeforeEach
    void makeTheFile() throws IOException {
        out = folder.resolve("out.wav");
        in = folder.resolve("in.wav");
        try (WavWriter writer = new WavWriter(in, WavFormat.of(S16), WavWriter.MAX_FILE_BYTES)) {
            writer.write(recorded.clear());
        }
    }

    @Test
    void theWholeFileIsReadInOrderFromTheBeginningAtEachOpening() throws IOException {
        try (WavBackend backend = new WavBackend(out, in, true)) {
            for (int opening = 0; opening < 3; opening++) {
                AudioSource source = backend.openSource(S16, "input 0");
                source.start();
                ByteBuffer dst = ByteBuffer.allocateDirect(4 * (FRAMES + 1000));
                int got = 0;
                for (int end = 4 * 777; dst.position() < 4 * FRAMES; end += 4 * 777) {
                    got += source.read(dst.limit(Math.min(end, dst.capacity())), 0);
                }
                assertThat(got).isEqualTo(FRAMES);
                assertThat(Arrays.copyOf(array(dst), 4 * FRAMES)).isEqualTo(array(recorded));
                assertThat(source.read(dst.limit(dst.capacity()), 0)).isZero();
                source.pause();
                source.close();
                assertThat(source.read(dst.clear(), 0)).isZero();
            }
        }
    }

    @Test
    void aCardWithoutMemoryForMoreGetsTheBeginningAndThenSilence() throws IOException {
        AudioBudget card = new AudioBudget(64 << 10, 8, 2, 1);
        PcmParams poor = new PcmParams(PcmFormat.S16, 8000, 2, 0, 4000, card);
        try (WavBackend backend = new WavBackend(out, in, true)) {
            AudioSource source = backend.openSource(poor, "input 0");
            source.start();
            ByteBuffer dst = ByteBuffer.allocateDirect(4 * 10_000);
            assertThat(source.read(dst, 0)).isEqualTo(8000);
            assertThat(source.read(dst.clear(), 0)).isZero();
        }
    }

    @Test
    void theFirstSecondIsThereWithoutWaiting() throws IOException {
        try (WavBackend backend = new WavBackend(out, in, false)) {
            AudioSource source = backend.openSource(S16, "input 0");
            ByteBuffer dst = ByteBuffer.allocateDirect(4 * 8000);
            assertThat(source.read(dst, 0)).isEqualTo(8000);
            assertThat(array(dst)).isEqualTo(Arrays.copyOf(array(recorded), 4 * 8000));
            assertThat(source.latencyFrames()).isZero();
            assertThat(source.reports()).isSameAs(PositionReports.NONE);
        }
    }

    /** The file is not read up to there, which would take the length of 2,000 naps here. */
    @Test
    void aSourceThatTakesOverBeginsWhereTheOtherWas() throws IOException {
        long hourFrames = 3600L * 8000;
        try (RandomAccessFile file = new RandomAccessFile(in.toFile(), "rw")) {
            file.seek(file.length() + 4 * hourFrames);
            file.write(array(recorded));
            file.seek(40);
            file.writeInt(-1); // to the end of the file
        }
        try (WavBackend backend = new WavBackend(out, in, false)) {
            AudioSource source = backend.openSource(S16, "input 0");
            source.skip(FRAMES, 0);
            source.skip(hourFrames, 0);
            source.start();
            assertSoundInItsPlace(source, 0);
        }
    }

    @Test
    void whatIsLeftOutMovesNothing() throws IOException {
        try (WavBackend backend = new WavBackend(out, in, false)) {
            AudioSource source = backend.openSource(S16, "input 0");
            source.start();
            int place = assertSoundInItsPlace(source, 0);
            for (int i = 0; i < 3; i++) { // the process stood still: these are neither in memory nor fetched yet
                source.skip(FRAMES / 4, 0);
                place = assertSoundInItsPlace(source, place + FRAMES / 4);
            }
        }
    }

    /** Reads silence, then the file's frames where they belong; returns the place behind them. */
    private int assertSoundInItsPlace(AudioSource source, int from) {
        ByteBuffer dst = ByteBuffer.allocateDirect(4 * 10);
        int place = from;
        while (source.read(dst, 0) == 0) {
            LockSupport.parkNanos(1_000_000);
            place += 10;
            assertThat(place).isLessThan(from + FRAMES / 5);
        }
        assertThat(array(dst)).isEqualTo(Arrays.copyOfRange(array(recorded), 4 * place, 4 * place + 4 * 10));
        return place + 10;
    }

    @Test
    void skippedFramesAreGoneAlsoIfTheyWereNotFetchedYet() throws IOException {
        try (WavBackend backend = new WavBackend(out, in, true)) {
            AudioSource source = backend.openSource(S16, "input 0");
            ByteBuffer dst = ByteBuffer.allocateDirect(4 * 10);
            source.skip(5, 0);
            source.read(dst, 0);
            assertThat(array(dst)).isEqualTo(Arrays.copyOfRange(array(recorded), 4 * 5, 4 * 15));
            source.skip(50_000, 0);
            assertThat(source.read(dst.clear(), 0)).isEqualTo(10);
            assertThat(array(dst)).isEqualTo(Arrays.copyOfRange(array(recorded), 4 * 50_015, 4 * 50_025));
            source.skip(1_000_000, 0);
            assertThat(source.read(dst.clear(), 0)).isZero();
        }
    }

    @Test
    void aMonoFloatGuestHearsTheMeanOfBothChannels() throws IOException {
        try (WavBackend backend = new WavBackend(out, in, true)) {
            AudioSource source = backend.openSource(new PcmParams(PcmFormat.FLOAT, 8000, 1, 0), "input 0");
            ByteBuffer dst = ByteBuffer.allocateDirect(4 * FRAMES).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(source.read(dst, 0)).isEqualTo(FRAMES);
            ByteBuffer samples = recorded.clear().order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < FRAMES; i++) {
                float mean = (samples.getShort(4 * i) + samples.getShort(4 * i + 2)) / 65536f;
                assertThat(dst.getFloat(4 * i)).isEqualTo(mean);
            }
        }
    }

    @Test
    void anotherRateOrAnImpossibleFormatIsSilence() throws IOException {
        try (LogLines log = new LogLines();
                WavBackend backend = new WavBackend(out, in, true)) {
            ByteBuffer dst = ByteBuffer.allocateDirect(400);
            assertThat(backend.openSource(new PcmParams(PcmFormat.S16, 48000, 2, 0), "input 0")
                            .read(dst, 0))
                    .isZero();
            assertThat(backend.openSource(new PcmParams(PcmFormat.DSD_U8, 8000, 2, 0), "input 0")
                            .read(dst, 0))
                    .isZero();
            assertThat(backend.openSource(new PcmParams(PcmFormat.S16, 8000, 6, 0), "input 0")
                            .read(dst, 0))
                    .isZero();
            assertThat(backend.captureRefusal(PcmFormat.DSD_U8, 8000, 2)).isPresent();
            assertThat(backend.captureRefusal(PcmFormat.A_LAW, 8000, 2)).isEmpty();
            backend.openSource(new PcmParams(PcmFormat.S16, 48000, 2, 9), "input 0");
            assertThat(log.with("asks for 48000; offer it only rates=8000.")).hasSize(1);
            assertThat(log.with("cannot be converted to 2 of DSD_U8")).hasSize(1);
            assertThat(log.with("cannot be converted to 6 of S16")).hasSize(1);
            assertThat(backend.name()).isEqualTo("wav:" + out + ",in=" + in);
        }
    }

    @Test
    void withoutAFileTheRecordingIsSilence() throws IOException {
        try (WavBackend backend = new WavBackend(out, null, true)) {
            assertThat(backend.openSource(S16, "input 0").read(ByteBuffer.allocateDirect(40), 0))
                    .isZero();
        }
    }

    @Test
    void manyOpeningsShareOneThreadThatEnds() throws IOException {
        Thread thread;
        try (WavBackend backend = new WavBackend(out, in, true)) {
            thread = WavFileSupport.threadNamed("vsnd-audio-wav-in-in.wav");
            ByteBuffer dst = ByteBuffer.allocateDirect(4 * 8001);
            for (int i = 0; i < 200; i++) {
                try (AudioSource source = backend.openSource(S16, "input 0")) {
                    assertThat(source.read(dst.clear().position((i & 1) * 4), 0))
                            .isEqualTo(8001 - (i & 1));
                }
            }
            assertThat(thread.isDaemon()).isTrue();
        }
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void recordingAllocatesNothingOnEitherThread() throws IOException {
        Path longer = folder.resolve("longer.wav");
        try (WavWriter writer = new WavWriter(longer, WavFormat.of(S16), WavWriter.MAX_FILE_BYTES)) {
            for (int i = 0; i < 40; i++) {
                writer.write(recorded.clear());
            }
        }
        try (WavBackend backend = new WavBackend(out, longer, true)) {
            Thread thread = WavFileSupport.threadNamed("vsnd-audio-wav-in-longer.wav");
            AudioSource source = backend.openSource(new PcmParams(PcmFormat.FLOAT, 8000, 1, 0), "input 0");
            ByteBuffer dst = ByteBuffer.allocateDirect(4 * 80);
            for (int i = 0; i < 14_000; i++) {
                source.read(dst.clear(), 0);
            }
            long before = Allocation.byThread(thread.getId());
            assertThat(Allocation.ofWarm(() -> source.read(dst.clear(), 0))).isZero();
            assertThat(dst.hasRemaining()).isFalse();
            assertThat(Allocation.byThread(thread.getId()) - before).isZero();
        }
    }
}
