// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.trace.tape.TapeSink;

@DisplayName("A stream's life")
class LifeCycleTest {
    private static final StreamSetup SETUP = StreamSetup.s16At48k(480, 1920);
    private static final List<Integer> COMMANDS = List.of(
            SndWire.R_PCM_SET_PARAMS,
            SndWire.R_PCM_PREPARE,
            SndWire.R_PCM_START,
            SndWire.R_PCM_STOP,
            SndWire.R_PCM_RELEASE);

    /** Rows: the state, columns: the command, VIRTIO 1.4 section 5.14.6.6.1. */
    private static final String[] TABLE = {"+----", "++---", "+++-+", "---+-", "--+-+", "++---"};

    /** Without strict=on: a stopped stream may be set and prepared, a released one released. */
    private static final String[] FORGIVING_TABLE = {"+----", "++---", "+++-+", "---+-", "+++-+", "++--+"};

    private static int send(SoundDriver driver, int command, int stream) {
        return command == SndWire.R_PCM_SET_PARAMS ? driver.setParams(stream, SETUP) : driver.command(command, stream);
    }

    private static void bring(SoundDriver driver, int state, int stream) {
        int[][] ways = {{}, {0}, {0, 1}, {0, 1, 2}, {0, 1, 2, 3}, {0, 1, 4}};
        for (int step : ways[state]) {
            assertThat(send(driver, COMMANDS.get(step), stream)).isEqualTo(SndWire.S_OK);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @DisplayName("follows the specification's table with strict=on: all 6 x 5 steps, and a refused one changes nothing"
            + " (SND-50)")
    void followsTheTable(int stream) {
        followsTable(stream, TABLE, "on");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    @DisplayName("takes three more steps without: those of a driver that leaves RELEASE out, or sends it twice")
    void followsTheForgivingTable(int stream) {
        followsTable(stream, FORGIVING_TABLE, "off");
    }

    private static void followsTable(int stream, String[] table, String strict) {
        for (int state = 0; state < 6; state++) {
            for (int command = 0; command < 5; command++) {
                try (Machine machine = VirtualMachine.guarded(Map.of("strict", strict))) {
                    SoundDriver driver = machine.driver(DriverStyle.LINUX);
                    bring(driver, state, stream);
                    boolean allowed = table[state].charAt(command) == '+';
                    assertThat(send(driver, COMMANDS.get(command), stream))
                            .as("state %d, command %x", state, COMMANDS.get(command))
                            .isEqualTo(allowed ? SndWire.S_OK : SndWire.S_BAD_MSG);
                    if (allowed) {
                        // The new state is the command's, with all that it allows and refuses.
                        for (int next = 0; next < 5; next++) {
                            boolean follows = table[command + 1].charAt(next) == '+';
                            if (!follows) {
                                assertThat(send(driver, COMMANDS.get(next), stream))
                                        .as("state %d, command %x, then %x", state, COMMANDS.get(command), next)
                                        .isEqualTo(SndWire.S_BAD_MSG);
                            }
                        }
                    } else {
                        for (int next = 0; next < 5; next++) {
                            if (table[state].charAt(next) == '+') {
                                assertThat(send(driver, COMMANDS.get(next), stream))
                                        .isEqualTo(SndWire.S_OK);
                                break;
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    @DisplayName("leaves one host stream open however often it is prepared (SND-51, SND-58)")
    void opensTheHostOnce() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            assertThat(machine.tape().sources())
                    .as("no microphone before PREPARE")
                    .isEmpty();
            for (int i = 0; i < 1000; i++) {
                driver.open(0, SETUP);
                driver.open(1, SETUP);
            }
            assertThat(machine.tape().sinks().stream().filter(sink -> !sink.isClosed()))
                    .hasSize(1);
            assertThat(machine.tape().sources().stream().filter(source -> !source.isClosed()))
                    .hasSize(1);
            driver.commandOk(SndWire.R_PCM_RELEASE, 0);
            driver.commandOk(SndWire.R_PCM_RELEASE, 1);
            assertThat(machine.tape().sinks()).allMatch(TapeSink::isClosed);
            assertThat(machine.tape().source().isClosed()).isTrue();
        }
    }

    @Test
    @DisplayName("is refused for a stream that is not there (SND-41)")
    void isRefusedForOtherStreams() {
        try (Machine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            for (int stream : new int[] {2, 3, 0x7fff_ffff, -1}) {
                for (int command : COMMANDS) {
                    assertThat(send(driver, command, stream)).isEqualTo(SndWire.S_BAD_MSG);
                }
            }
        }
    }

    @Test
    @DisplayName("begins anew after a reset, without any information asked for again")
    void beginsAnewAfterReset() {
        try (VirtualMachine machine = VirtualMachine.guarded()) {
            SoundDriver driver = machine.driver(DriverStyle.LINUX);
            bring(driver, 3, 0);
            driver.start();
            assertThat(machine.tape().sink().isClosed()).isTrue();
            assertThat(driver.command(SndWire.R_PCM_STOP, 0)).isEqualTo(SndWire.S_BAD_MSG);
            bring(driver, 3, 0);
        }
    }
}
