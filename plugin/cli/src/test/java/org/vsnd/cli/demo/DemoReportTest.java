// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.cli.boot.PcmClip;
import org.vsnd.cli.boot.Synthesizer;
import org.vsnd.guest.haiku.BufferExchange;

class DemoReportTest {
    private static final int PERIOD_FRAMES = 16_384;
    private static final long LONG_STALL_NANOS = 2_500_000_000L;

    private final PcmClip melody = Synthesizer.melody();
    private final PcmClip played = new PcmClip(melody.bytes().clone());
    private final byte[] tone = tone(2 * PcmClip.RATE_HZ);

    private static byte[] tone(int frames) {
        ByteBuffer bytes = ByteBuffer.allocate(frames * PcmClip.FRAME_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 1; i <= frames; i++) {
            short sample = (short) Math.rint(16_000 * Math.sin(2 * Math.PI * 440 * i / PcmClip.RATE_HZ));
            bytes.putShort(sample).putShort(sample);
        }
        return bytes.array();
    }

    private DemoReport report(long stallNanos) {
        List<BufferExchange> exchanges = new ArrayList<>();
        for (long i = 0; i < 10; i++) {
            long frames = i * PERIOD_FRAMES;
            long nanos = frames * 1_000_000_000L / PcmClip.RATE_HZ;
            exchanges.add(new BufferExchange(true, nanos, nanos, nanos, nanos / 1000, frames, nanos / 1000, frames));
        }
        return DemoReport.of(melody, exchanges, played, new PcmClip(tone), "wav:x.wav", stallNanos);
    }

    @Test
    @DisplayName("the verdict is a sentence without a figure, and the figures say that the exchanges are even")
    void allIsWell() {
        DemoReport report = report(200_000);

        assertThat(report.verdict().good()).isTrue();
        assertThat(report.verdict().words()).startsWith("All is well").doesNotContainPattern("[0-9]");
        assertThat(report.figures()).contains("every 341.33 ms", "plays into  wav:x.wav", "stood still for 0 ms");
        assertThat(report.intervalsMillis()).hasSize(8);
    }

    @Test
    @DisplayName("a wrong sample played is named, and so is a machine that stood still")
    void aWrongSample() {
        played.bytes()[100_000] ^= 1;

        assertThat(report(LONG_STALL_NANOS).verdict().good()).isFalse();
        assertThat(report(LONG_STALL_NANOS).verdict().words())
                .startsWith(
                        "NOT well: the melody that was played has gaps or clicks; this machine stood still for 2.5 s");
        assertThat(report(0).verdict().words()).endsWith("please report it.");
    }

    @Test
    @DisplayName("a hole in what was recorded is named")
    void aHole() {
        System.arraycopy(new byte[4_000], 0, tone, 200_000, 4_000);

        assertThat(report(0).verdict().words()).startsWith("NOT well: the tone that was recorded");
    }

    @Test
    @DisplayName("the picture can be drawn")
    void isDrawn() throws IOException {
        assertThat(report(0).picture().png()).isNotEmpty();
    }
}
