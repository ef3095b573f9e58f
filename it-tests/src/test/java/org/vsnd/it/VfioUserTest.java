// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.it.vfiouser.VfioUserConnection;
import org.vsnd.it.vfiouser.VfioUserDevice;
import org.vsnd.it.vfiouser.VfioUserErrorException;

@DisplayName("Over a vfio-user socket")
class VfioUserTest {
    private static final long SECOND = 1_000_000_000L;
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);

    private static void play(SoundDriver driver) {
        PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
        stream.start();
        stream.runUntil(5, 5 * SECOND);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("the machine is reset while sound is playing, and plays again")
    void theMachineIsReset(Personality personality) {
        try (ServedMachine<VfioUserBus> machine = ServedMachine.vfio(personality, Map.of())) {
            for (int round = 0; round < 5; round++) {
                SoundDriver driver = machine.driver(round % 2 == 0 ? DriverStyle.LINUX : DriverStyle.HAIKU);
                play(driver);
                machine.bus().systemReset();
                assertThat(driver.pci().status()).isZero();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("memory is mapped anew while sound is playing, which goes on")
    void memoryIsMappedAnew(Personality personality) {
        try (ServedMachine<VfioUserBus> machine = ServedMachine.vfio(personality, Map.of())) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
            for (int round = 1; round <= 20; round++) {
                stream.runUntil(round * 2, 5 * SECOND);
                machine.bus().remapMemory();
            }
            stream.runUntil(50, 5 * SECOND);
        }
    }

    @Test
    @DisplayName("a thousand clients come and go, and leave nothing behind")
    void aThousandClientsComeAndGo() throws IOException {
        try (CardServer server = new CardServer(Map.of());
                ClientMemory memory = new ClientMemory(8 << 20)) {
            for (int i = 0; i < 30; i++) {
                oneClient(server, memory, i);
            }
            awaitNoClient(server);
            long fds = count("/proc/self/fd");
            long maps = guestMaps();
            int threads = (int) count("/proc/self/task");
            for (int i = 0; i < 1000; i++) {
                oneClient(server, memory, i);
            }
            awaitNoClient(server);
            assertThat(count("/proc/self/fd"))
                    .as("the class loader opens a jar now and then")
                    .isLessThan(fds + 5);
            assertThat(guestMaps()).isLessThanOrEqualTo(maps);
            assertThat((int) count("/proc/self/task"))
                    .as("the compiler's threads come and go")
                    .isLessThan(threads + 4);
            assertThat(server.server().statistics().connections()).isEqualTo(1030);
            try (VfioUserBus bus = VfioUserBus.connect(server.socket(), Personality.QEMU, memory)) {
                play(SoundDriver.start(bus, DriverStyle.LINUX));
            }
        }
    }

    private static void oneClient(CardServer server, ClientMemory memory, int turn) throws IOException {
        Personality personality = turn % 2 == 0 ? Personality.QEMU : Personality.CLOUD_HYPERVISOR;
        VfioUserBus bus = VfioUserBus.connect(server.socket(), personality, memory);
        if (turn % 5 == 0) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
        }
        if (turn % 3 == 0) {
            bus.unplug();
        } else {
            bus.close();
        }
    }

    private static void awaitNoClient(CardServer server) {
        long deadline = System.nanoTime() + 5 * SECOND;
        while (server.server().statistics().clientConnected()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static long count(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(directory))) {
            return entries.count();
        }
    }

    private static long guestMaps() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("memfd:guest")).count();
        }
    }

    @Test
    @DisplayName("garbage ends the connection, and the next client is served")
    void garbageEndsTheConnection() throws IOException {
        try (CardServer server = new CardServer(Map.of());
                ClientMemory memory = new ClientMemory(8 << 20)) {
            byte[][] garbage = {
                {0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, // a size below the header's
                {0, 0, 1, 0, -1, -1, -1, 127, 0, 0, 0, 0, 0, 0, 0, 0},
                "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII),
                {1, 0, 9, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, // not VERSION first
            };
            for (byte[] bytes : garbage) {
                try (VfioUserConnection wire = VfioUserConnection.open(server.socket())) {
                    wire.sendRaw(bytes);
                    assertThat(wire.awaitDisconnect(5000)).isTrue();
                }
            }
            try (VfioUserConnection wire = VfioUserConnection.open(server.socket())) {
                VfioUserDevice device = new VfioUserDevice(wire);
                assertThatThrownBy(() -> device.version(7, 0, Personality.QEMU.capabilities()))
                        .isInstanceOfAny(VfioUserErrorException.class, org.vsnd.testing.DisconnectedException.class);
            }
            try (VfioUserBus bus = VfioUserBus.connect(server.socket(), Personality.CLOUD_HYPERVISOR, memory)) {
                play(SoundDriver.start(bus, DriverStyle.LINUX));
            }
        }
    }

    @Test
    @DisplayName("a memory file that can be sealed cannot be cut short any more")
    void aSealedMemoryFile() {
        try (ServedMachine<VfioUserBus> machine = ServedMachine.vfio(Personality.QEMU, Map.of())) {
            assertThatThrownBy(() -> machine.memory().file().resize(4096)).isInstanceOf(IOException.class);
            play(machine.driver(DriverStyle.LINUX));
        }
    }

    @Test
    @DisplayName("a memory file that is cut short costs the client its connection and nobody else anything")
    void aTruncatedMemoryFile() throws IOException {
        try (CardServer server = new CardServer(Map.of())) {
            try (ClientMemory memory = new ClientMemory(8 << 20, false)) {
                VfioUserBus bus = VfioUserBus.connect(server.socket(), Personality.QEMU, memory);
                SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
                play(driver);
                memory.file().resize(4096); // from here on this driver's own memory is gone as well
                assertThat(bus.device().wire().awaitDisconnect(5000)).isTrue();
                assertThat(server.server().statistics().memoryFaults()).isPositive();
                bus.close();
            }
            try (ClientMemory memory = new ClientMemory(8 << 20);
                    VfioUserBus bus = VfioUserBus.connect(server.socket(), Personality.QEMU, memory)) {
                play(SoundDriver.start(bus, DriverStyle.LINUX));
            }
        }
    }

    @Test
    @DisplayName("region accesses out of range read as zero and are never errors")
    void regionAccessesOutOfRange() {
        try (ServedMachine<VfioUserBus> machine = ServedMachine.vfio(Personality.CLOUD_HYPERVISOR, Map.of())) {
            VfioUserDevice device = machine.bus().device();
            for (int region = 0; region < 12; region++) {
                for (long offset : new long[] {4095, 16380, 16384, 1L << 40, -1, -4, Long.MIN_VALUE}) {
                    device.read(region, offset, 4);
                    device.write(region, offset, 4, -1, false);
                }
            }
            assertThat(device.read(4, 1L << 32, 4)).isZero();
            play(machine.driver(DriverStyle.LINUX));
        }
    }
}
