// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.guest.driver.BytePattern;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vhostuser.FrontEndHabits;
import org.vsnd.it.vhostuser.VhostUserBus;
import org.vsnd.measure.sound.WavFile;

/** {@code vsnd serve} that is ended by SIGTERM and started again, under a driver that plays and a monitor that connects again. */
@Tag("guest")
class ServeRestartTest {
    private static final long LIMIT_NANOS = 20_000_000_000L;
    private static final int TERM_EXIT = 128 + 15;
    private static final int RESTARTS = 3;
    private static final int RAM_BYTES = 8 << 20;
    /** 100 ms, four in flight. */
    private static final StreamSetup SETUP = StreamSetup.s16At48k(4800, 19_200);

    @TempDir
    Path folder;

    private Path out(int life) {
        return folder.resolve("out" + life + ".wav");
    }

    private Path socket(int life) {
        return folder.resolve("s" + life);
    }

    private ServeProcess serve(int life) throws Exception {
        return ServeProcess.start(
                folder,
                "--vhost-user",
                socket(life).toString(),
                "--state",
                folder.resolve("state").toString(),
                "--backend",
                "wav:" + out(life));
    }

    @Test
    void soundGoesOnToTheSample() throws Exception {
        ServeProcess serve = serve(0);
        try (ClientMemory memory = new ClientMemory(RAM_BYTES);
                VhostUserBus bus = VhostUserBus.connect(socket(0), FrontEndHabits.QEMU, memory, 2)) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX);
            PeriodStream stream = new PeriodStream(driver, 0, true, SETUP);
            stream.start();
            for (int life = 1; life <= RESTARTS; life++) {
                stream.runUntil(3 * life, LIMIT_NANOS);
                bus.await(() -> false, 37_000_000L * life);
                serve.signal("TERM");
                assertThat(serve.awaitEnd()).isEqualTo(TERM_EXIT);
                serve = serve(life);
                bus.reconnect(socket(life));
            }
            stream.runUntil(3 * RESTARTS + 6, LIMIT_NANOS);
        } finally {
            serve.signal("TERM");
            serve.awaitEnd();
            serve.close();
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int life = 0; life <= RESTARTS; life++) {
            all.writeBytes(WavFile.readFinished(out(life)).data());
        }
        byte[] played = all.toByteArray();
        assertThat(played).hasSizeGreaterThan(3 * RESTARTS * 19_200);
        byte[] sound = withoutSilence(played);
        assertThat(Arrays.mismatch(sound, BytePattern.bytes(0, 0, sound.length)))
                .as("first wrong byte")
                .isEqualTo(-1);
    }

    /** There is none, unless the machine stands still for a while. */
    private static byte[] withoutSilence(byte[] played) {
        ByteArrayOutputStream sound = new ByteArrayOutputStream();
        for (byte each : played) {
            if (each != 0) {
                sound.write(each);
            }
        }
        return sound.toByteArray();
    }
}
