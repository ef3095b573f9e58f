// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.cli.boot.Qemu;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;

/**
 * A card that is killed, or replaced by another vsnd, while a real guest plays and records, in a QEMU that cannot connect again.
 * {@code -Dvsnd.kills=50 -Dvsnd.upgrades=20} makes the long form.
 */
@Tag("guest")
@DisplayName("vsnd is restarted under a guest in QEMU 10.0")
class RestartUnderQemuTest {
    private static final int KILLS = Integer.getInteger("vsnd.kills", 5);
    private static final int UPGRADES = Integer.getInteger("vsnd.upgrades", 3);
    private static final long SEED = Long.getLong("vsnd.seed", System.nanoTime());
    private static final String APLAY = System.getProperty("vsnd.aplay", "");
    private static final String PARAM = System.getProperty("vsnd.param", "");

    @TempDir
    static Path folder;

    private static ManagedService service;
    private static Guest guest;

    @BeforeAll
    static void boot() throws Exception {
        Path in = folder.resolve("in.wav");
        Files.write(in, FramePattern.wav(SoundFormat.S16_STEREO_48K, 60 * 48_000));
        Path socket = folder.resolve("card");
        service = ManagedService.start(
                folder,
                64,
                List.of("vhost-user=" + socket),
                "--standby",
                "--backend",
                "wav:" + folder.resolve("out-%n.wav") + ",in=" + in);
        LinuxGuest.Builder machine = GuestBed.get()
                .machine(Qemu.cachedStable(VhostUserGuest.cache(), System.err::println), folder)
                .arguments(GuestBed.vhostCard("vhost", socket, "pcie.0", Guest.ON_ROOT_SLOT));
        guest = GuestBed.boot(machine);
    }

    @AfterAll
    static void end() {
        if (guest != null) {
            guest.close();
        }
        if (service != null) {
            System.out.println(service.log());
            service.close();
        }
    }

    @Test
    void try1() throws Exception {
        int card = guest.card(Guest.ON_ROOT);
        System.out.println(guest.run("uname -r; cat /sys/module/virtio_snd/parameters/* || true"));
        guest.run("( while :; do tail -c +45 " + GuestBed.LONG_SOUND
                + "; done ) 2>/dev/null | aplay -t raw -f S16_LE -c 2 -r 48000 -v -D hw:" + card + ",0 " + APLAY
                + " >/tmp/aplay 2>&1 &");
        Thread.sleep(2000);
        System.out.println(guest.run("cat /tmp/aplay; cat /proc/asound/card" + card + "/pcm0p/sub0/status"));
        for (int i = 0; i < KILLS; i++) {
            service.awaitLogged("another process is ready", i + 1);
            Thread.sleep(1000);
            long t = System.nanoTime();
            System.out.println("KILL " + System.currentTimeMillis());
            service.active().destroyForcibly();
            System.out.println("KILLED " + System.currentTimeMillis());
            service.awaitLogged("the guest goes on where", i + 1);
            System.out.println("takeover took " + (System.nanoTime() - t) / 1000000 + " ms");
            Thread.sleep(1000);
            System.out.println(guest.run("pidof aplay || cat /tmp/aplay | tail -5; cat /proc/asound/card" + card
                    + "/pcm0p/sub0/status; cat /tmp/aplay | tail -3"));
        }
        System.out.println(service.log());
    }
}
