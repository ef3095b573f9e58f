// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.audio.file.WavBackend;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;
import org.vsnd.it.vfiouser.VfioUserErrorException;
import org.vsnd.measure.sound.SoundFormat;
import org.vsnd.measure.sound.WavFile;
import org.vsnd.nativebind.libc.Errno;

@DisplayName("A card that plays into a WAV file and records from one, over a vfio-user socket")
class VfioMigrationTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int FRAME_BYTES = 4;
    private static final int PERIOD_BYTES = 1920;
    /** Enough for a machine that is late by half a second. */
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 80 * 480);

    private static final int PERIODS = 30;

    @TempDir
    Path folder;

    private final List<Path> played = new ArrayList<>();
    private PeriodStream output;
    private PeriodStream capture;

    @BeforeEach
    void makeInput() throws IOException {
        byte[] input = BytePattern.bytes(5, 0, 20 * 48_000 * FRAME_BYTES);
        Files.write(folder.resolve("in.wav"), WavFile.bytes(SoundFormat.S16_STEREO_48K, input));
    }

    private CardServer server(Map<String, String> options) throws IOException {
        Path out = folder.resolve("out" + played.size() + ".wav");
        played.add(out);
        return CardServer.playing(options, new WavBackend(out, folder.resolve("in.wav"), true));
    }

    private void begin(VfioUserBus bus) {
        SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
        output = new PeriodStream(driver, 0, true, SETUP);
        capture = new PeriodStream(driver, 1, false, SETUP);
        output.start();
        capture.start();
    }

    private byte[] played() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Path file : played) {
            all.writeBytes(WavFile.readFinished(file).data());
        }
        return all.toByteArray();
    }

    private void assertExact() throws IOException {
        byte[] recorded = capture.recorded();
        assertThat(recorded).hasSizeGreaterThanOrEqualTo(PERIODS * PERIOD_BYTES);
        assertThat(recorded).isEqualTo(BytePattern.bytes(5, 0, recorded.length));
        byte[] heard = played();
        assertThat(heard).hasSizeGreaterThan(PERIODS * PERIOD_BYTES);
        assertThat(heard).isEqualTo(BytePattern.bytes(0, 0, heard.length));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("is moved from server to server in the middle of both, and loses and repeats no frame")
    void isMoved(Personality personality) throws IOException {
        try (CardServer first = server(Map.of());
                CardServer second = server(Map.of());
                CardServer third = server(Map.of());
                ClientMemory memory = new ClientMemory(VirtualMachine.RAM_BYTES);
                VfioUserBus bus = VfioUserBus.connect(first.socket(), personality, memory)) {
            begin(bus);
            output.runUntil(PERIODS / 3, 5 * SECOND);
            bus.moveTo(second.socket());
            capture.runUntil(2 * PERIODS / 3, 5 * SECOND);
            bus.moveTo(third.socket());
            output.runUntil(PERIODS, 5 * SECOND);
            capture.runUntil(PERIODS, 5 * SECOND);
            assertThat(first.server().statistics().clientConnected()).isFalse();
            output.stop();
        }
        assertExact();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("is stopped with its machine and goes on, and loses and repeats no frame")
    void isStopped(Personality personality) throws IOException {
        try (CardServer server = server(Map.of());
                ClientMemory memory = new ClientMemory(VirtualMachine.RAM_BYTES);
                VfioUserBus bus = VfioUserBus.connect(server.socket(), personality, memory)) {
            begin(bus);
            for (int round = 1; round <= 3; round++) {
                output.runUntil(round * PERIODS / 3, 5 * SECOND);
                capture.runUntil(round * PERIODS / 3, 5 * SECOND);
                bus.stop();
                bus.pass(SECOND / 10);
                bus.goOn();
            }
            capture.runUntil(PERIODS, 5 * SECOND);
            output.stop();
        }
        assertExact();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("stays and plays on where a server with another card, or with bytes changed, refuses it")
    void isRefused(Personality personality) throws IOException {
        try (CardServer server = server(Map.of());
                CardServer other = new CardServer(Map.of("formats", "S16"));
                ClientMemory memory = new ClientMemory(VirtualMachine.RAM_BYTES);
                VfioUserBus bus = VfioUserBus.connect(server.socket(), personality, memory)) {
            begin(bus);
            output.runUntil(PERIODS / 2, 5 * SECOND);
            capture.runUntil(PERIODS / 2, 5 * SECOND);
            assertThatThrownBy(() -> bus.moveTo(other.socket()))
                    .isInstanceOfSatisfying(
                            VfioUserErrorException.class,
                            e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
            byte[] state = bus.device().save(); // and stands
            for (int at = 0; at < state.length; at += 97) {
                byte[] changed = Arrays.copyOf(state, state.length);
                changed[at] ^= 0x10;
                assertRefused(other, changed);
            }
            assertRefused(other, Arrays.copyOf(state, state.length - 1));
            bus.goOn();
            output.runUntil(PERIODS, 5 * SECOND);
            capture.runUntil(PERIODS, 5 * SECOND);
            output.stop();
        }
        assertExact();
    }

    private static void assertRefused(CardServer server, byte[] state) throws IOException {
        try (ClientMemory memory = new ClientMemory(VirtualMachine.RAM_BYTES);
                VfioUserBus bus = VfioUserBus.connect(server.socket(), Personality.QEMU, memory)) {
            byte[] before = bus.device().save();
            assertThatThrownBy(() -> bus.device().load(state)).isInstanceOf(VfioUserErrorException.class);
            assertThat(Arrays.equals(bus.device().save(), before))
                    .as("unchanged")
                    .isTrue();
        }
    }
}
