// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.DuplexExchange;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.host.FlatMemory;
import org.vsnd.guest.host.InterruptLog;
import org.vsnd.guest.host.WallBus;
import org.vsnd.guest.host.WallHost;
import org.vsnd.nativebind.libc.RealtimePriority;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.spi.PciFunction;
import org.vsnd.spi.PluginException;
import org.vsnd.trace.tape.TapeBackend;
import org.vsnd.trace.tape.TapeSource;

/** A card in this process, guest and device on threads of their own, by the wall clock. */
class WallHostTest {
    private static final int VECTORS = 2048;

    private final TapeBackend tape = new TapeBackend();

    private WallBus bus(int vectors, Map<String, String> options) throws PluginException {
        WallHost host = new WallHost(
                FlatMemory.open(0, VirtualMachine.RAM_BYTES),
                new InterruptLog(vectors, false),
                () -> RealtimePriority.request(50),
                tape);
        return new WallBus(host, new VirtioSoundPlugin().create(host, options));
    }

    private void exchange(WallBus bus) {
        DuplexExchange exchange =
                new DuplexExchange(SoundDriver.start(bus, DriverStyle.HAIKU), SndWire.FMT_S16, SndWire.RATE_48000);
        exchange.start();
        exchange.exchanges(3, 0);
        exchange.stop();

        byte[] sent = BytePattern.bytes(exchange.output(), 0, (int) exchange.bytesSent());
        assertThat(tape.sink().sound()).isEqualTo(sent);
        assertThat(exchange.recorded()).isEqualTo(BytePattern.bytes(TapeSource.SEED, 0, exchange.recorded().length));
    }

    @Test
    void guestPlaysAndRecordsIntoTheAudioTheHostBrings() throws Exception {
        try (WallBus bus = bus(VECTORS, Map.of())) {
            exchange(bus);
        }
        assertThat(tape.isClosed()).as("the host's to close").isFalse();
    }

    @Test
    void guestPlaysAndRecordsOverIntx() throws Exception {
        try (WallBus bus = bus(0, Map.of())) {
            exchange(bus);
        }
    }

    @Test
    void audioTheOperatorNamesComesBeforeTheHosts() throws Exception {
        try (WallBus bus = bus(VECTORS, Map.of("backend", "null"))) {
            SoundDriver.start(bus, DriverStyle.HAIKU);
            assertThat(bus.readConfig(0, 4)).isEqualTo(0x1059_1af4);
        }
        assertThat(tape.sinks()).isEmpty();
    }

    @Test
    void deviceThreadEndsWithTheHost() throws Exception {
        try (WallBus bus = bus(VECTORS, Map.of())) {
            bus.readConfig(0, 4);
            assertThat(deviceThreads()).isEqualTo(1);
        }
        assertThat(deviceThreads()).isZero();
    }

    private static long deviceThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("vsnd-device-wall"))
                .count();
    }

    @Test
    void cardThatWasNeverUsedIsClosedToo() throws Exception {
        WallHost host = new WallHost(
                FlatMemory.open(0, VirtualMachine.RAM_BYTES),
                new InterruptLog(VECTORS, false),
                () -> RealtimePriority.request(50),
                tape);
        PciFunction card = new VirtioSoundPlugin().create(host, Map.of());
        new WallBus(host, card).close();
        assertThat(deviceThreads()).isZero();
    }

    @Test
    @DisplayName("two cards share the audio that their hosts bring, and each outlives the other")
    void twoCardsShareTheHostsAudio() throws Exception {
        try (WallBus first = bus(VECTORS, Map.of())) {
            exchange(first);
            try (WallBus second = bus(VECTORS, Map.of())) {
                exchange(second);
            }
            assertThat(tape.isClosed()).as("the other card still plays").isFalse();
            exchange(first);
        }
        try (WallBus third = bus(VECTORS, Map.of())) {
            exchange(third);
        }
        assertThat(tape.isClosed()).isFalse();
    }
}
