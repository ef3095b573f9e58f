// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.file.WavBackend;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.measure.sound.WavFile;
import org.vsnd.plugin.VirtioSoundPlugin;
import org.vsnd.server.DeviceServer;
import org.vsnd.server.SocketAccess;
import org.vsnd.vhostuser.VhostUserProtocol;

@DisplayName("A card whose rings stop in the middle of messages, with WAV files as host audio")
class ParkedCardTest {
    private static final long SECOND = 1_000_000_000L;
    /** 100 ms, four in flight, so that a machine that stands still for a while loses nothing. */
    private static final StreamSetup SETUP = StreamSetup.s16At48k(4800, 19_200);

    private static final int MOVES = 4;
    private static final int INPUT_SEED = 5;
    private static final int FRAME_BYTES = 4;

    @TempDir
    Path folder;

    private static final Map<String, String> PACKED = Map.of("virtio", "packed");

    private final Random random = new Random(1);
    private DriverStyle style = DriverStyle.LINUX;
    private final List<Path> files = new ArrayList<>();
    private Path state;
    private ClientMemory memory;
    private Server server;

    /** A server of one card with files of its own. */
    private final class Server implements AutoCloseable {
        private final Path socket;
        private final DeviceServer server;

        Server(Path state, Map<String, String> options) throws Exception {
            Path out = folder.resolve("out" + files.size() + ".wav");
            socket = folder.resolve("s" + files.size());
            files.add(out);
            WavBackend backend = new WavBackend(out, folder.resolve("in.wav"), true);
            VhostUserProtocol.DeviceFactory card =
                    (loop, budget) -> new VirtioSoundPlugin().createDevice(loop, budget, options, backend);
            server = new DeviceServer(
                    socket,
                    SocketAccess.OWNER_ONLY,
                    state == null ? VhostUserProtocol.serving(card) : VhostUserProtocol.serving(card, state));
            new Thread(() -> server.run(false), "parked-card").start();
        }

        @Override
        public void close() {
            server.close(); // waits for the thread
        }
    }

    @BeforeEach
    void start() throws Exception {
        byte[] input = BytePattern.bytes(INPUT_SEED, 0, 8 * 48_000 * FRAME_BYTES);
        Files.write(folder.resolve("in.wav"), WavFile.bytes(SoundFormat.S16_STEREO_48K, input));
        state = folder.resolve("state");
        memory = new ClientMemory(VirtualMachine.RAM_BYTES);
    }

    @AfterEach
    void end() {
        server.close();
        memory.close();
    }

    /** What happens to the machine in between. */
    private interface Interruption {
        void interrupt(VhostUserBus bus) throws Exception;
    }

    private void playAndRecord(FrontEndHabits habits, Interruption interruption) throws Exception {
        PeriodStream output;
        PeriodStream input;
        try (VhostUserBus bus = VhostUserBus.connect(server.socket, habits, memory, 2)) {
            SoundDriver driver = SoundDriver.start(bus, style);
            output = new PeriodStream(driver, 0, true, SETUP);
            input = new PeriodStream(driver, 1, false, SETUP);
            output.start();
            input.start();
            for (int move = 1; move <= MOVES; move++) {
                output.runUntil(2 * move, 5 * SECOND);
                input.runUntil(2 * move, 5 * SECOND);
                bus.await(() -> false, random.nextInt(100_000_000));
                interruption.interrupt(bus);
            }
            output.runUntil(2 * MOVES + 4, 5 * SECOND);
            input.runUntil(2 * MOVES + 4, 5 * SECOND);
        }
        server.close();
        byte[] recorded = input.recorded();
        assertThat(recorded).hasSizeGreaterThan(2 * MOVES * 19_200);
        assertPattern(INPUT_SEED, recorded);
        byte[] played = played();
        assertThat(played).hasSizeGreaterThan(2 * MOVES * 19_200);
        assertPattern(0, played);
    }

    private static void assertPattern(int seed, byte[] sound) {
        int wrong = Arrays.mismatch(sound, BytePattern.bytes(seed, 0, sound.length));
        if (wrong >= 0) {
            byte[] there = Arrays.copyOfRange(sound, wrong, Math.min(sound.length, wrong + 64));
            int place = 0;
            while (place < 4 * sound.length && !Arrays.equals(there, BytePattern.bytes(seed, place, there.length))) {
                place++;
            }
            throw new AssertionError("at byte " + wrong + " comes what belongs to " + place);
        }
    }

    /** All files joined together, without the silence that is heard if the machine stands still. */
    private byte[] played() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path file : files) {
            for (byte each : WavFile.readFinished(file).data()) {
                if (each != 0) {
                    all.write(each);
                }
            }
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("goes on to the sample when the machine does")
    void aMachineThatPauses(FrontEndHabits habits) throws Exception {
        server = new Server(null, Map.of());
        playAndRecord(habits, bus -> {
            bus.pause();
            Thread.sleep(random.nextInt(20));
            bus.goOn();
        });
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CROSVM") // which does not connect again
    @DisplayName("goes on to the sample when another connection comes")
    void aMonitorThatConnectsAnew(FrontEndHabits habits) throws Exception {
        server = new Server(null, Map.of());
        playAndRecord(habits, bus -> bus.reconnect(server.socket));
    }

    @ParameterizedTest
    @EnumSource(names = {"QEMU", "RUST_VMM", "CROSVM"})
    @DisplayName("goes on to the sample in another process, with its device state")
    void aMachineThatMoves(FrontEndHabits habits) throws Exception {
        server = new Server(null, Map.of());
        playAndRecord(habits, bus -> {
            Server next = new Server(null, Map.of());
            bus.migrate(next.socket);
            server.close();
            server = next;
        });
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CROSVM") // which does not connect again
    @DisplayName("goes on to the sample after vsnd was ended and started again")
    void aNewVersion(FrontEndHabits habits) throws Exception {
        server = new Server(state, Map.of());
        playAndRecord(habits, bus -> {
            server.close();
            assertThat(folder.resolve("state.snapshot")).exists();
            server = new Server(state, Map.of());
            bus.reconnect(server.socket);
            boolean taken = bus.await(() -> !Files.exists(folder.resolve("state.snapshot")), 5 * SECOND);
            assertThat(taken)
                    .as("the snapshot is gone as soon as the device goes on")
                    .isTrue();
        });
    }

    @Test
    @DisplayName(
            "goes on to the sample over packed rings as well: stopped, connected anew, moved, ended and started again")
    void packedRings() throws Exception {
        style = DriverStyle.PLAIN.withFeatures(Features.RING_PACKED).withQueueSize(29);
        server = new Server(state, PACKED);
        int[] turn = {0};
        playAndRecord(FrontEndHabits.QEMU, bus -> {
            switch (turn[0]) {
                case 0 -> {
                    bus.pause();
                    bus.goOn();
                }
                case 1 -> bus.reconnect(server.socket);
                case 2 -> {
                    server.close();
                    server = new Server(state, PACKED);
                    bus.reconnect(server.socket);
                    bus.await(() -> !Files.exists(folder.resolve("state.snapshot")), 5 * SECOND);
                }
                default -> {
                    Server next = new Server(folder.resolve("other"), PACKED);
                    bus.migrate(next.socket);
                    server.close();
                    server = next;
                }
            }
            turn[0]++;
        });
    }

    @Test
    @DisplayName("does not take the state of a card with other options, and says which")
    void otherOptions() throws Exception {
        server = new Server(null, Map.of());
        try (VhostUserBus bus = VhostUserBus.connect(server.socket, FrontEndHabits.QEMU, memory, 2)) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
            PeriodStream output = new PeriodStream(driver, 0, true, SETUP);
            output.start();
            output.runUntil(2, 5 * SECOND);
            bus.pause();
            byte[] saved = bus.frontEnd().saveState();
            assertThat(bus.frontEnd().loadState(saved)).isZero();
            byte[] damaged = saved.clone();
            damaged[saved.length / 2] ^= 4;
            assertThat(bus.frontEnd().loadState(damaged)).isNotZero();
            assertThat(bus.frontEnd().loadState(new byte[0])).isNotZero();
            bus.goOn();
            output.runUntil(8, 5 * SECOND);
            bus.pause();
            saved = bus.frontEnd().saveState();
            server.close();
            server = new Server(null, Map.of("outputs", "2"));
            bus.reconnect(server.socket);
            bus.pause();
            assertThat(bus.frontEnd().loadState(saved)).isNotZero();
        }
    }
}
