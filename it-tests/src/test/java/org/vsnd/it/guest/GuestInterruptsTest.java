// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.vsnd.measure.sound.SoundFormat;

/** Every way in which the card can interrupt a real guest, and the card unplugged and plugged in again. */
@Tag("guest")
class GuestInterruptsTest {
    private static final String BEHIND_PORT = "0000:01:00.0";

    @TempDir
    Path folder;

    @Test
    void playsWithIntxOnlyAndWithFiveVectorsAndIsPluggedInAgain() throws Exception {
        Path intx = folder.resolve("a");
        Path five = folder.resolve("b");
        try (ServeProcess first = serve(intx, "msix=0");
                ServeProcess second = serve(five, "msix=5");
                Guest guest = GuestBed.boot(GuestBed.get()
                        .machine(folder)
                        .arguments("-device", "pcie-root-port,id=rp0,chassis=1,slot=1")
                        .arguments(
                                "-device",
                                GuestBed.card("first", intx, "rp0", "0").toString())
                        .arguments(
                                "-device",
                                GuestBed.card("second", five, "pcie.0", Guest.ON_ROOT_SLOT)
                                        .toString()))) {
            assertThat(vectors(guest, BEHIND_PORT)).as("MSI vectors of msix=0").isZero();
            plays(first, guest, BEHIND_PORT, intx);
            assertThat(vectors(guest, Guest.ON_ROOT))
                    .as("MSI vectors of msix=5")
                    .isEqualTo(5);
            plays(second, guest, Guest.ON_ROOT, five);

            unplug(first, guest);
            JsonObject again = GuestBed.card("first", intx, "rp0", "0");
            guest.linux().monitor().execute("device_add", again);
            guest.run("n=0; until ls /sys/bus/pci/devices/" + BEHIND_PORT + "/virtio*/sound/card* >/dev/null 2>&1;"
                    + " do n=$((n+1)); [ $n -lt 500 ] || exit 1; usleep 20000; done");

            plays(first, guest, BEHIND_PORT, intx);
            plays(second, guest, Guest.ON_ROOT, five);
        }
    }

    @Test
    void playsInAGuestThatUsesNoMessageSignalledInterrupts() throws Exception {
        Path socket = folder.resolve("c");
        try (ServeProcess serve = serve(socket, "msix=2");
                Guest guest = GuestBed.boot(GuestBed.get()
                        .machine(folder)
                        .kernelArguments("pci=nomsi")
                        .arguments(
                                "-device",
                                GuestBed.card("sound", socket, "pcie.0", Guest.ON_ROOT_SLOT)
                                        .toString()))) {
            assertThat(vectors(guest, Guest.ON_ROOT)).isZero();
            plays(serve, guest, Guest.ON_ROOT, socket);
        }
    }

    private ServeProcess serve(Path socket, String setting) throws Exception {
        return ServeProcess.start(
                folder, "--socket", socket.toString(), "--backend", "wav:" + wav(socket), "--set", setting);
    }

    private static Path wav(Path socket) {
        return Path.of(socket + ".wav");
    }

    private static int vectors(Guest guest, String address) throws Exception {
        return Integer.parseInt(guest.run("ls /sys/bus/pci/devices/" + address + "/msi_irqs 2>/dev/null | wc -l")
                .strip());
    }

    private static void plays(ServeProcess serve, Guest guest, String address, Path socket) throws Exception {
        SoundFormat format = SoundFormat.S16_STEREO_48K;
        Undisturbed.check(60_000_000, List.of(serve.pid(), guest.linux().pid()), () -> {
            HostRecording recording = HostRecording.from(wav(socket), format);
            guest.play(address, "/" + format.fileName());
            recording.assertExactly(GuestBed.SHORT_FRAMES, 1024);
        });
    }

    private static void unplug(ServeProcess serve, Guest guest) throws Exception {
        long dropped = serve.logged("client dropped");
        JsonObject id = new JsonObject();
        id.addProperty("id", "first");
        guest.linux().monitor().execute("device_del", id);
        serve.awaitLogged("client dropped", dropped + 1);
        guest.run("n=0; while [ -e /sys/bus/pci/devices/" + BEHIND_PORT
                + " ]; do n=$((n+1)); [ $n -lt 500 ] || exit 1; usleep 20000; done");
        assertThat(guest.linux().isAlive()).isTrue();
    }
}
