// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.guest.driver.DriverStyle;
import org.vsnd.guest.driver.Features;
import org.vsnd.guest.driver.PeriodStream;
import org.vsnd.guest.driver.SndWire;
import org.vsnd.guest.driver.SoundDriver;
import org.vsnd.guest.driver.StreamSetup;
import org.vsnd.guest.linux.LinuxMixer;
import org.vsnd.it.vfiouser.ClientMemory;
import org.vsnd.it.vfiouser.Personality;
import org.vsnd.it.vfiouser.VfioUserBus;

/** A driver chooses between PCMs of ALSA, which give another number each; one of them does not exist. */
@Tag("server")
class AlsaSourcesTest {
    private static final String SYSTEM = "/usr/share/alsa/alsa.conf";
    private static final long SECOND = 1_000_000_000L;
    private static final int SECONDS = 60;
    private static final int PERIOD_FRAMES = 480;
    private static final int FRAME_BYTES = 4;
    private static final int RAM_BYTES = 32 << 20;
    private static final byte ONE = 0x11;
    private static final byte TWO = 0x22;

    @TempDir
    Path folder;

    /** A PCM that gives nothing but this byte. */
    private String pcm(String name, byte number) throws Exception {
        byte[] sound = new byte[SECONDS * 48_000 * FRAME_BYTES];
        Arrays.fill(sound, number);
        Path file = Files.write(folder.resolve(name), sound);
        return "pcm." + name + " { type file slave.pcm null file /dev/null infile \"" + file + "\" format raw }\n";
    }

    @Test
    @Tag("SND-98")
    @DisplayName("what is chosen is opened in place of what was, without a message being late, and can be silence")
    void whatIsChosenIsOpened() throws Exception {
        Path config = folder.resolve("asound.conf");
        Files.writeString(config, pcm("one", ONE) + pcm("two", TWO));
        Path socket = folder.resolve("card");
        try (ServeProcess serve = ServeProcess.start(
                        folder,
                        Map.of("ALSA_CONFIG_PATH", SYSTEM + ":" + config),
                        "--socket",
                        socket.toString(),
                        "--backend",
                        "alsa:null",
                        "--set",
                        "sources=One=one,Two=two,Gone=nowhere");
                ClientMemory memory = new ClientMemory(RAM_BYTES);
                VfioUserBus bus = VfioUserBus.connect(socket, Personality.QEMU, memory)) {
            SoundDriver driver = SoundDriver.start(bus, DriverStyle.LINUX, Features.SND_CTLS);
            LinuxMixer mixer = new LinuxMixer(driver, LinuxMixer.INFO_BYTES);
            LinuxMixer.Element selector = mixer.probe().get(4);
            assertThat(selector.items()).containsExactly("One", "Two", "Gone");
            PeriodStream stream =
                    new PeriodStream(driver, 1, false, StreamSetup.s16At48k(PERIOD_FRAMES, 4 * PERIOD_FRAMES));
            stream.start();
            long begun = System.nanoTime();
            awaitOnly(driver, stream, ONE);
            choose(mixer, selector, 1);
            awaitOnly(driver, stream, TWO);
            choose(mixer, selector, 2);
            awaitOnly(driver, stream, (byte) 0);
            Waiting.until(
                    Duration.ofSeconds(10),
                    () -> serve.logged("nowhere") > 1,
                    () -> "a line about what cannot be opened");
            choose(mixer, selector, 0);
            awaitOnly(driver, stream, ONE);
            long dueFrames = (System.nanoTime() - begun) * 48_000 / SECOND;
            assertThat(stream.recorded().length / FRAME_BYTES)
                    .as("the pace is the same whatever is opened")
                    .isBetween((int) dueFrames - 48_000 / 5, (int) dueFrames + 48_000 / 5);
        }
    }

    private static void choose(LinuxMixer mixer, LinuxMixer.Element selector, int source) {
        long asked = System.nanoTime();
        assertThat(mixer.put(selector, source)).isEqualTo(SndWire.S_OK);
        assertThat(System.nanoTime() - asked)
                .as("the answer waits for no device")
                .isLessThan(SECOND / 2);
    }

    /** Until the last period has nothing but this. */
    private static void awaitOnly(SoundDriver driver, PeriodStream stream, byte number) {
        BooleanSupplier heard = () -> {
            stream.collect();
            byte[] all = stream.recorded();
            if (all.length < PERIOD_FRAMES * FRAME_BYTES) {
                return false;
            }
            for (int at = all.length - PERIOD_FRAMES * FRAME_BYTES; at < all.length; at++) {
                if (all[at] != number) {
                    return false;
                }
            }
            return true;
        };
        assertThat(driver.await(heard, 20 * SECOND))
                .as("nothing but %d", number)
                .isTrue();
    }
}
