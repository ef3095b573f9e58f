// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;

@DisplayName("A card that is lost and replaced under its guest")
class RestartedCardTest {
    private static final long SECOND = 1_000_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);
    private static final Map<String, String> OPTIONS = Map.of("outputs", "2", "virtio", "packed");
    private static final int INPUT = 2;

    private Path state;
    private CardServer server;
    private ClientMemory memory;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        state = folder.resolve("state");
        server = CardServer.vhostUser(OPTIONS, state);
        memory = new ClientMemory(VirtualMachine.RAM_BYTES);
    }

    @AfterEach
    void end() {
        memory.close();
        server.close();
    }

    private void restart(VhostUserBus bus, Map<String, String> options) throws Exception {
        server.close();
        server = CardServer.vhostUser(options, state);
        bus.reconnect(server.socket());
    }

    /** The process before had no time to leave more than what is in its state file. */
    private void kill(VhostUserBus bus, Map<String, String> options) throws Exception {
        server.close();
        Files.delete(state.resolveSibling(state.getFileName() + ".snapshot"));
        server = CardServer.vhostUser(options, state);
        bus.reconnect(server.socket());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CROSVM") // which does not connect again
    @DisplayName("goes on with both outputs and the input, and every message is done once")
    void goesOn(FrontEndHabits habits) throws Exception {
        goesOn(habits, DriverStyle.LINUX);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CROSVM") // which does not connect again
    @DisplayName("goes on so over packed rings as well, whose places only the state file knows")
    void goesOnOverPackedRings(FrontEndHabits habits) throws Exception {
        goesOn(habits, DriverStyle.LINUX.withFeatures(Features.RING_PACKED));
        goesOn(habits, DriverStyle.PLAIN.withFeatures(Features.RING_PACKED).withQueueSize(31));
    }

    private void goesOn(FrontEndHabits habits, DriverStyle style) throws Exception {
        try (VhostUserBus bus = VhostUserBus.connect(server.socket(), habits, memory, 2)) {
            SoundDriver driver = SoundDriver.start(bus, style);
            List<PeriodStream> streams = List.of(
                    new PeriodStream(driver, 0, true, SETUP),
                    new PeriodStream(driver, 1, true, new StreamSetup(SETUP.format(), SETUP.rate(), 2, 2880, 8640)),
                    new PeriodStream(driver, INPUT, false, SETUP));
            for (PeriodStream stream : streams) {
                stream.start();
            }
            for (int round = 1; round <= 6; round++) {
                for (PeriodStream stream : streams) {
                    stream.runUntil(round * 4, 5 * SECOND);
                }
                if (round % 2 == 0) {
                    restart(bus, OPTIONS);
                } else {
                    kill(bus, OPTIONS);
                }
            }
            for (PeriodStream stream : streams) {
                stream.runUntil(40, 5 * SECOND);
            }
            PeriodStream output = streams.get(0);
            output.stop();
            output.release();
            output.start();
            output.runUntil(45, 5 * SECOND);
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "false, 4", "true, 4"})
    @Tag("SND-36")
    @DisplayName("goes on with a driver that is not heard of: it polls, or its monitor has no kick descriptors")
    void pollingGoesOn(boolean withoutKicks, int features) throws Exception {
        server.close();
        Map<String, String> options = Map.of("features", "polling");
        state = state.resolveSibling("polled");
        server = CardServer.vhostUser(options, state);
        try (VhostUserBus bus = VhostUserBus.connect(server.socket(), FrontEndHabits.RUST_VMM, memory, 2)) {
            if (withoutKicks) {
                bus.startPolled();
            }
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
            driver.select(features);
            PeriodStream output = new PeriodStream(driver, 0, true, SETUP);
            PeriodStream input = new PeriodStream(driver, 1, false, SETUP);
            output.start();
            input.start();
            for (int round = 1; round <= 6; round++) {
                output.runUntil(round * 4, 5 * SECOND);
                input.runUntil(round * 4, 5 * SECOND);
                if (round % 3 == 0) {
                    bus.reconnect(server.socket());
                } else if (round % 3 == 1) {
                    restart(bus, options);
                } else {
                    kill(bus, options);
                }
            }
            output.runUntil(40, 5 * SECOND);
            input.runUntil(40, 5 * SECOND);
            long kicks = driver.pci().queue(SndWire.TX_QUEUE).kicks();
            assertThat(kicks == 0).isEqualTo(features != 0);
        }
    }

    @Test
    @DisplayName("keeps a stream that is stopped, and one that was never used")
    void keepsAStoppedStream() throws Exception {
        try (VhostUserBus bus = VhostUserBus.connect(server.socket(), FrontEndHabits.QEMU, memory, 2)) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
            stream.runUntil(4, 5 * SECOND);
            stream.stop();
            restart(bus, OPTIONS);
            stream.resume();
            stream.runUntil(8, 5 * SECOND);
            PeriodStream other = new PeriodStream(driver, 1, true, SETUP);
            other.start();
            other.runUntil(4, 5 * SECOND);
        }
    }

    @Test
    @DisplayName("gives errors to a stream that began on a card with other options")
    void otherOptions() throws Exception {
        try (VhostUserBus bus = VhostUserBus.connect(server.socket(), FrontEndHabits.QEMU, memory, 2)) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
            stream.runUntil(4, 5 * SECOND);
            restart(bus, Map.of("outputs", "1"));
            assertThat(driver.command(SndWire.R_PCM_STOP, 0)).isNotEqualTo(SndWire.S_OK);
            PeriodStream again = new PeriodStream(driver, 0, true, SETUP);
            again.start();
            again.runUntil(4, 5 * SECOND);
        }
    }
}
