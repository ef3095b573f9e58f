// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.haiku;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.haiku.GuestHangsException;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuSoundDriver;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.PlaybackSource;
import org.vsnd.guest.haiku.RecordedSink;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.TraceReader;

@DisplayName("Against the card of a captured trace the model of Haiku")
class HaikuTraceTest {
    private static final Path FOLDER = Path.of("src/test/resources/traces/haiku");

    private TraceBus bus;
    private HaikuMachine machine;

    private HaikuSoundDriver open(String name, HaikuVersion version) throws TraceException {
        bus = new TraceBus(TraceReader.read(FOLDER.resolve(name + ".jsonl")));
        machine = new HaikuMachine(bus, version, bus);
        machine.firmware();
        machine.boot();
        return machine.open();
    }

    private MultiAudioNode start(String name, PlaybackSource source) throws TraceException {
        HaikuSoundDriver driver = open(name, HaikuVersion.BRANCH);
        MultiAudioNode node = new MultiAudioNode(
                driver, NodeSettings.of(SampleFormat.S16, 48_000).thinking(0), source, RecordedSink.NONE);
        node.start();
        return node;
    }

    @ParameterizedTest
    @CsvSource({"boot_probe,BRANCH", "boot_probe_5vectors,BRANCH", "boot_probe_master,MASTER"})
    @DisplayName("boots, opens and closes access by access as the real one")
    void bootsOpensAndCloses(String name, HaikuVersion version) throws TraceException {
        open(name, version);
        machine.close();
        bus.assertAtEnd();
        assertThat(machine.kernel().liveAreas()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"playback_s16_48000,10", "duplex_s16_48000,6", "output_only_device,4"})
    @DisplayName("plays and records access by access and byte by byte as the real one")
    void playsAndRecords(String name, int exchanges) throws TraceException {
        try (MultiAudioNode node = start(name, new SineSource())) {
            node.exchange(exchanges);
        }
        bus.assertAtEnd();
    }

    @Test
    @DisplayName("records access by access as the real one, with nothing to play")
    void records() throws TraceException {
        try (MultiAudioNode node = start("record_s16_48000", PlaybackSource.SILENCE)) {
            node.exchange(10);
        }
        bus.assertAtEnd();
    }

    @Test
    @DisplayName("stops by force and starts again access by access as the real one")
    void stopsByForceAndStartsAgain() throws TraceException {
        try (MultiAudioNode node = start("forcestop_restart", new SineSource())) {
            node.exchange(4);
            node.forceStop();
            node.start();
            node.exchange(4);
        }
        bus.assertAtEnd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"hang_5vectors_rxsem", "hang_output_only_backend_no_rx"})
    @DisplayName("hangs where the real one hangs, for the same reason")
    void hangsWhereTheRealOneHangs(String name) throws TraceException {
        MultiAudioNode node = start(name, new SineSource());
        assertThatThrownBy(node::exchange)
                .isInstanceOfSatisfying(
                        GuestHangsException.class, e -> assertThat(e.what()).isEqualTo(bus.takeHang()));
        bus.assertAtEnd();
    }
}
