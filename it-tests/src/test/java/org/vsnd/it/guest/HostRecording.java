// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.measure.sound.WavFile;

/** What the guest played since a moment, in one format, as the WAV back end has written it. */
final class HostRecording {
    private static final Duration FLUSH_LIMIT = Duration.ofSeconds(10);

    private final Path out;
    private final SoundFormat format;
    private final int startBytes;

    private HostRecording(Path out, SoundFormat format, int startBytes) {
        this.out = out;
        this.format = format;
        this.startBytes = startBytes;
    }

    /** Everything ever played in that format. */
    static HostRecording fromStart(Path out, SoundFormat format) {
        return new HostRecording(out, format, 0);
    }

    /** Marks the moment; nothing may be playing in that format. */
    static HostRecording from(Path out, SoundFormat format) throws IOException {
        return new HostRecording(out, format, data(out, format).length);
    }

    /** The pattern's first frames have arrived, all of them and in order, then no more than so much silence. */
    void assertExactly(int frames, int mostTrailingFrames) throws Exception {
        byte[] expected = FramePattern.frames(format, frames);
        byte[] heard = await(expected.length);
        int mismatch = Arrays.mismatch(expected, 0, expected.length, heard, 0, Math.min(heard.length, expected.length));
        assertThat(mismatch)
                .as("first wrong byte of " + expected.length + " in " + format + " (" + heard.length + " heard)")
                .isEqualTo(-1);
        assertSilent(heard, expected.length);
        assertThat((heard.length - expected.length) / format.frameBytes())
                .as("silent frames behind the sound")
                .isLessThanOrEqualTo(mostTrailingFrames);
    }

    /** The pattern's first frames have arrived in order, with silence between messages perhaps. Returns that silence. */
    int assertAllButSilence(int frames) throws Exception {
        byte[] expected = FramePattern.frames(format, frames);
        Waiting.until(
                FLUSH_LIMIT,
                () -> withoutSilence(heard()).length >= expected.length,
                () -> frames + " frames of sound");
        byte[] heard = heard();
        byte[] sound = withoutSilence(heard);
        assertThat(Arrays.mismatch(expected, sound))
                .as("first wrong byte in " + format)
                .isEqualTo(-1);
        return (heard.length - sound.length) / format.frameBytes();
    }

    /** Some beginning of the pattern has arrived in order. Returns how many frames. */
    int assertBeginning() throws IOException {
        byte[] sound = withoutSilence(heard());
        byte[] expected = FramePattern.frames(format, sound.length / format.frameBytes());
        assertThat(Arrays.mismatch(expected, sound))
                .as("first wrong byte in " + format)
                .isEqualTo(-1);
        return sound.length / format.frameBytes();
    }

    private byte[] await(int bytes) throws Exception {
        Waiting.until(FLUSH_LIMIT, () -> heard().length >= bytes, () -> bytes + " bytes of sound in " + format);
        return heard();
    }

    private byte[] heard() throws IOException {
        byte[] all = data(out, format);
        return Arrays.copyOfRange(all, startBytes, all.length);
    }

    private byte[] withoutSilence(byte[] heard) {
        int frameBytes = format.frameBytes();
        byte[] sound = new byte[heard.length];
        int length = 0;
        for (int at = 0; at + frameBytes <= heard.length; at += frameBytes) {
            boolean silent = true;
            for (int i = 0; i < frameBytes; i++) {
                silent &= heard[at + i] == 0;
            }
            if (!silent) {
                System.arraycopy(heard, at, sound, length, frameBytes);
                length += frameBytes;
            }
        }
        return Arrays.copyOf(sound, length);
    }

    private static void assertSilent(byte[] heard, int from) {
        for (int at = from; at < heard.length; at++) {
            assertThat(heard[at]).as("byte " + at + " behind the sound").isZero();
        }
    }

    private static byte[] data(Path out, SoundFormat format) throws IOException {
        for (Path path : files(out)) {
            WavFile file = WavFile.readGrowing(path);
            if (file.is(format)) {
                return file.data();
            }
        }
        return new byte[0];
    }

    /** OUT.wav, OUT-2.wav and so on. */
    private static List<Path> files(Path out) throws IOException {
        String stem = out.getFileName().toString().replace(".wav", "");
        try (Stream<Path> all = Files.list(out.getParent())) {
            return all.filter(path -> path.getFileName().toString().matches(stem + "(-\\d+)?\\.wav"))
                    .sorted()
                    .toList();
        }
    }
}
