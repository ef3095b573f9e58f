// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;

/** Processes that are killed, behind a front end of ours that connects again as cloud-hypervisor does. */
@Tag("guest")
@DisplayName("vsnd serve is killed, and the front end connects again")
class KilledServeTest {
    private static final long SECOND = 1_000_000_000L;
    private static final int RAM_BYTES = 32 << 20;
    private static final int KILLS = 2;
    private static final int PERIODS = 6;

    @ParameterizedTest
    @EnumSource
    @DisplayName("every message is done once, without any option")
    void goesOn(FrontEndHabits habits, @TempDir Path folder) throws Exception {
        Path socket = folder.resolve("card");
        String[] arguments = {"--vhost-user", socket.toString(), "--backend", "null"};
        ServeProcess serve = ServeProcess.start(folder, arguments);
        try (ClientMemory memory = new ClientMemory(RAM_BYTES);
                VhostUserBus bus = VhostUserBus.connect(socket, habits, memory, 2)) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
            PeriodStream output = new PeriodStream(driver, 0, true, StreamSetup.s16At48k(480, 1920));
            PeriodStream input = new PeriodStream(driver, 1, false, StreamSetup.s16At48k(480, 1920));
            output.start();
            input.start();
            for (int round = 1; round <= KILLS; round++) {
                output.runUntil(round * PERIODS, 5 * SECOND);
                input.runUntil(round * PERIODS, 5 * SECOND);
                serve.signal("KILL");
                serve.awaitEnd();
                serve = ServeProcess.start(folder, arguments);
                bus.reconnect(socket);
            }
            output.runUntil((KILLS + 1) * PERIODS, 5 * SECOND);
            input.runUntil((KILLS + 1) * PERIODS, 5 * SECOND);
            assertThat(serve.logged("the guest goes on where the last card was lost"))
                    .isOne();
            assertThat(Files.exists(folder.resolve("card.state"))).isTrue();
        } finally {
            serve.close();
        }
    }
}
