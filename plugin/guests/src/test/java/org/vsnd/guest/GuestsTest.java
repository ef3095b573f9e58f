// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.DuplexExchange;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.haiku.BufferExchange;
import org.vsnd.guest.haiku.HaikuMachine;
import org.vsnd.guest.haiku.HaikuVersion;
import org.vsnd.guest.haiku.MultiAudioNode;
import org.vsnd.guest.haiku.NodeSettings;
import org.vsnd.guest.haiku.PlaybackSource;
import org.vsnd.guest.haiku.RecordedSink;
import org.vsnd.guest.haiku.SampleFormat;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.VirtualBus;
import org.vsnd.guest.host.VirtualHost;
import org.vsnd.guest.host.WallBus;
import org.vsnd.guest.host.WallHost;
import org.vsnd.guest.linux.LinuxStream;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.Host;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;

@DisplayName("With the card that ships, silent, every model of a guest")
class GuestsTest {
    private static final int RAM_BYTES = 32 << 20;
    private static final long SECOND = 1_000_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);

    private final FlatMemory memory = FlatMemory.guarded(1L << 32, RAM_BYTES);

    private static PciFunction card(Host host) throws PluginException {
        return new VirtioSoundPlugin().create(host, Map.of("backend", "null"));
    }

    private Bus virtual(int vectors) throws PluginException {
        VirtualHost host = new VirtualHost(memory, new InterruptLog(vectors, false));
        return new VirtualBus(host, card(host));
    }

    @AfterEach
    void keepsToItsMemory() {
        assertThat(memory.violations()).isEmpty();
    }

    static Stream<DriverStyle> styles() {
        return Stream.of(
                DriverStyle.LINUX,
                DriverStyle.HAIKU,
                DriverStyle.PLAIN,
                DriverStyle.PLAIN.withMsix(false),
                DriverStyle.LINUX.withRing(true, false));
    }

    @ParameterizedTest
    @MethodSource("styles")
    @DisplayName("whatever its style plays and records period by period")
    void playsAndRecords(DriverStyle style) throws Exception {
        try (Bus bus = virtual(2048)) {
            SoundDriver driver = SoundDriver.start(bus, style);
            for (boolean output : new boolean[] {true, false}) {
                PeriodStream stream = new PeriodStream(driver, driver.firstStream(output), output, SETUP);
                stream.start();
                stream.runUntil(10, SECOND);
                stream.stop();
                stream.release();
                assertThat(stream.completionNanos(9) - stream.completionNanos(8))
                        .isEqualTo(SECOND / 100);
            }
        }
    }

    @Test
    @DisplayName("with one message in flight exchanges a buffer a period")
    void exchanges() throws Exception {
        try (Bus bus = virtual(2)) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.HAIKU);
            DuplexExchange exchange = new DuplexExchange(driver, SndWire.FMT_S16, SndWire.RATE_48000);
            exchange.start();
            exchange.exchanges(4, 2_000_000);
            exchange.stop();
            assertThat(exchange.recorded()).hasSize(4 * exchange.setup().periodBytes());
        }
    }

    @ParameterizedTest
    @EnumSource(HaikuVersion.class)
    @DisplayName("of Haiku boots, plays, records, changes its format, stops and leaves nothing behind")
    void haikuLives(HaikuVersion version) throws Exception {
        FlatMemory open = FlatMemory.open(0, RAM_BYTES);
        VirtualHost host = new VirtualHost(open, new InterruptLog(2, false));
        try (VirtualBus bus = new VirtualBus(host, card(host))) {
            HaikuMachine machine = new HaikuMachine(bus, version);
            machine.firmware();
            machine.boot();
            try (MultiAudioNode node = new MultiAudioNode(
                    machine.open(),
                    NodeSettings.of(SampleFormat.S16, 48_000),
                    PlaybackSource.SILENCE,
                    RecordedSink.NONE)) {
                node.start();
                node.exchange(3);
                node.setFormat(SampleFormat.S16, 44_100);
                node.exchange(3);
                assertThat(node.exchanges()).hasSize(6).allMatch(BufferExchange::ok);
                assertThat(node.exchanges().get(5).playedFrames()).isEqualTo(3L * BufferExchange.FRAMES);
            }
            machine.close();
            assertThat(machine.kernel().liveAreas()).isZero();
            machine.kernel().checkDeletedAreas();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("of Linux runs through its buffer, and drains what it plays")
    void linuxRuns(boolean output) throws Exception {
        try (Bus bus = virtual(2)) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
            LinuxStream stream = new LinuxStream(driver, driver.firstStream(output), output, SETUP, bus::nanoTime);
            stream.open(output ? 20 : Long.MAX_VALUE);
            for (int millis = 0; millis < 400; millis++) {
                bus.pass(SECOND / 1000);
                stream.interruptHandler();
                stream.workItem();
                stream.application();
            }
            assertThat(stream.completions()).isGreaterThanOrEqualTo(20);
            assertThat(stream.xruns() + stream.errors()).isZero();
            assertThat(stream.state()).isEqualTo(output ? LinuxStream.State.SETUP : LinuxStream.State.RUNNING);
            stream.close();
        }
    }

    @Test
    @DisplayName("plays by the wall clock, the card on a thread of its own")
    void playsByTheWallClock() throws Exception {
        WallHost host = new WallHost(FlatMemory.open(0, RAM_BYTES), new InterruptLog(2, false), () -> {});
        try (WallBus bus = new WallBus(host, card(host))) {
            PeriodStream stream = new PeriodStream(SoundDriver.start(bus, DriverStyle.LINUX), 0, true, SETUP);
            stream.start();
            stream.runUntil(10, 30 * SECOND);
            assertThat(stream.completions()).isGreaterThanOrEqualTo(10);
            stream.stop();
            stream.release();
        }
    }
}
