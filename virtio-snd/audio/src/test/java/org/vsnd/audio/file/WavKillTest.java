// SPDX-License-Identifier: Apache-2.0
package org.vsnd.audio.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.vsnd.audio.file.WavFileSupport.bytes;
import static org.vsnd.audio.file.WavFileSupport.dataAt;
import static org.vsnd.audio.file.WavFileSupport.patternAt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.audio.AudioSink;
import org.vsnd.audio.PcmFormat;
import org.vsnd.audio.PcmParams;

class WavKillTest {
    private static final int BLOCK = 480;

    @TempDir
    Path folder;

    /** The child: plays a pattern as fast as the disk takes it, and says when each second of it is through. */
    public static final class Player {
        public static void main(String[] arguments) throws IOException {
            try (WavBackend backend = new WavBackend(Path.of(arguments[0]), null, true);
                    AudioSink sink = backend.openSink(new PcmParams(PcmFormat.U8, 48000, 1, 0), "output 0")) {
                ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
                for (long at = 0; at < 2_000_000_000L; at += BLOCK) {
                    block.clear();
                    for (int i = 0; i < BLOCK; i++) {
                        block.put(i, patternAt(at + i));
                    }
                    sink.write(block);
                    if (at % 48000 == 0) {
                        System.out.println(at);
                    }
                }
            }
        }
    }

    @Test
    void aKilledProcessLeavesAFileWhoseHeaderMatchesItsSamples() throws Exception {
        Path out = folder.resolve("killed.wav");
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Player.class.getName(),
                        out.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long played = 0;
        try (var lines = child.inputReader()) {
            while (played < 100 * 48000) {
                String line = lines.readLine();
                assertThat(line).as("the child still plays").isNotNull();
                played = Long.parseLong(line);
            }
        } finally {
            child.destroyForcibly();
            assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        ByteBuffer file = bytes(out);
        int at = dataAt(file);
        int dataBytes = file.getInt(at - 4);
        // all but what the ring (2 s) and the thread's buffer may hold
        assertThat((long) dataBytes).isGreaterThanOrEqualTo(played - 2 * 48000 - (1 << 16));
        assertThat(file.getInt(4)).isEqualTo(at - 8 + dataBytes + (dataBytes & 1));
        assertThat(file.limit()).isBetween(at + dataBytes, at + dataBytes + (1 << 16) + 1);
        for (int i = 0; i < dataBytes; i++) {
            if (file.get(at + i) != patternAt(i)) {
                assertThat(i).as("first wrong sample").isEqualTo(-1);
            }
        }
    }
}
