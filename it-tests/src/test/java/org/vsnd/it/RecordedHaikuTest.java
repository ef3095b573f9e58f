// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuSoundDriver;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.RecordedSink;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.trace.TraceReader;
import org.vsnd.trace.record.TraceRecorder;
import org.vsnd.trace.replay.Counts;
import org.vsnd.trace.replay.Replay;
import org.vsnd.trace.replay.ReplayResult;

@DisplayName("Haiku's life with all kinds of cards, recorded and replayed")
class RecordedHaikuTest {
    private static final int PERIOD_FRAMES = 16384;
    private static final long MILLI = 1_000_000L;

    @TempDir
    Path folder;

    private long place;

    private void fill(ByteBuffer frames) {
        while (frames.hasRemaining()) {
            frames.put(BytePattern.at(3, place++));
        }
    }

    /** Opens twice, changes the format while it runs, stops by force, pauses for longer than anything lasts. */
    private void live(HaikuMachine machine, NodeSettings settings, SampleFormat other, int otherRateHz) {
        machine.firmware();
        machine.boot();
        for (int life = 0; life < 2; life++) {
            HaikuSoundDriver driver = machine.open();
            try (MultiAudioNode node = new MultiAudioNode(driver, settings, this::fill, RecordedSink.NONE)) {
                node.start();
                node.exchange(3);
                node.setFormat(other, otherRateHz);
                node.exchange(2);
                node.pause(5000 * MILLI);
                node.exchange(3);
                node.forceStop();
                node.start();
                node.exchange(4);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "BRANCH; msix=2; S16; 48000; S32; 44100",
                "MASTER; msix=2; S32; 48000; S16; 44100",
                "BRANCH; msix=0; S16; 48000; S32; 48000",
                "BRANCH; msix=4, outputs=2, inputs=3; S16; 44100; FLOAT; 48000",
                "MASTER; msix=0, chmaps=off; S16; 48000; S16; 44100",
                "BRANCH; formats=S32,rates=384000; S32; 384000; S32; 384000",
                "KERNEL; msix=2; S16; 48000; S16; 44100",
                "KERNEL; msix=0; S16; 48000; S32; 44100",
                "BRANCH; formats=U8,rates=8000; U8; 8000; U8; 8000",
            })
    @DisplayName("passes, with every buffer that it gave and took")
    void passes(
            HaikuVersion version, String options, SampleFormat format, int rateHz, SampleFormat other, int otherRateHz)
            throws Exception {
        Path file = folder.resolve("haiku.jsonl");
        record(file, version, options, NodeSettings.of(format, rateHz), other, otherRateHz);
        ReplayResult result = Replay.run(TraceReader.read(file), new VirtioSoundPlugin()::create);
        assertThat(result.failures()).isEmpty();
        Counts counts = result.counts();
        assertThat(counts.soundFrames()).isEqualTo(24L * PERIOD_FRAMES);
        assertThat(counts.recordedFrames()).isEqualTo(24L * PERIOD_FRAMES);
        assertThat(counts.messages()).isEqualTo(48);
        assertThat(result.sinks()).hasSize(6);
    }

    private void record(
            Path file, HaikuVersion version, String options, NodeSettings settings, SampleFormat other, int otherRateHz)
            throws IOException {
        Map<String, String> set = Arrays.stream(options.split(", |,(?=[a-z])"))
                .map(option -> option.split("="))
                .collect(Collectors.toMap(pair -> pair[0].strip(), pair -> pair[1]));
        set.putIfAbsent("formats", "S16,S32,FLOAT");
        try (TraceRecorder recorder = TraceRecorder.open(file, false);
                VirtualMachine machine = VirtualMachine.recorded(set, recorder)) {
            live(new HaikuMachine(machine.bus(), version), settings, other, otherRateHz);
        }
    }
}
