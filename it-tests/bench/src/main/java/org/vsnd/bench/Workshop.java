// SPDX-License-Identifier: Apache-2.0
package org.vsnd.bench;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.vsnd.cli.boot.Accelerator;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.GuestParts;
import org.vsnd.cli.boot.Initramfs;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.cli.boot.Progress;
import org.vsnd.cli.boot.Qemu;
import org.vsnd.cli.serve.Front;
import org.vsnd.it.server.CProgram;

/** What every measurement needs: QEMU, a guest with pcmprobe in it, irqtap, and a folder for sockets and logs. */
public final class Workshop implements AutoCloseable {
    private static final int SMALLEST_PERIOD_FRAMES = 64;
    private static final Path PCMPROBE = Path.of("src/main/guest/pcmprobe.c");
    private static final Path IRQTAP = Path.of("bench/src/main/tap/irqtap.c");
    private static final Duration BOOT_LIMIT = Duration.ofMinutes(3);
    private static final Duration QUESTION_LIMIT = Duration.ofSeconds(30);

    private final Qemu qemu;
    private final GuestParts parts;
    private final Accelerator accelerator;
    private final WorkFolder folder;
    private final Path initramfs;
    private final Path irqtap;

    private Workshop(Qemu qemu, GuestParts parts, Accelerator accelerator, WorkFolder folder)
            throws BootException, IOException {
        this.qemu = qemu;
        this.parts = parts;
        this.accelerator = accelerator;
        this.folder = folder;
        initramfs = folder.path().resolve("initramfs");
        irqtap = CProgram.build(IRQTAP, folder.path().resolve("irqtap"));
        Path pcmprobe = CProgram.build(PCMPROBE, folder.path().resolve("pcmprobe"));
        new Initramfs(parts)
                .program("bin/pcmprobe", Files.readAllBytes(pcmprobe))
                .write(initramfs);
    }

    /**
     * Fetches and builds what is missing. The QEMU is the cache folder's: it is known to speak to PulseAudio. It goes before
     * everything but real-time threads, where that is allowed: what an emulated guest is late by is not the card's doing.
     */
    public static Workshop open(CacheFolder cache, Progress progress) throws BootException, IOException {
        Qemu qemu = Qemu.cached(cache, progress).startedBy("nice", "-n", "-11");
        GuestParts parts = GuestParts.obtain(cache, progress);
        Accelerator accelerator = Accelerator.choose(qemu, parts, cache, progress);
        return new Workshop(qemu, parts, accelerator, WorkFolder.open(progress));
    }

    /** For sockets and logs; gone when this is closed. */
    public Path folder() {
        return folder.path();
    }

    /** Makes a folder in it, unless it is there. */
    public Path newFolder(String name) throws BenchException {
        return folder.make(name);
    }

    public Path irqtap() {
        return irqtap;
    }

    public Qemu qemu() {
        return qemu;
    }

    public GuestParts parts() {
        return parts;
    }

    public Accelerator accelerator() {
        return accelerator;
    }

    public void tell(String step) {
        folder.tell(step);
    }

    /** Boots a guest with the card on a socket, and loads its driver. */
    public LinuxGuest bootWithCardOn(Path socket) throws BootException {
        return boot(machine().card(Front.VFIO_USER, "sound", socket));
    }

    /** Boots a guest with a card that QEMU makes itself, and loads its driver. */
    public LinuxGuest bootWith(List<String> qemuArguments) throws BootException {
        return boot(machine().arguments(qemuArguments));
    }

    private LinuxGuest.Builder machine() {
        return LinuxGuest.builder(qemu, parts, initramfs, folder.path()).accelerator(accelerator);
    }

    private static LinuxGuest boot(LinuxGuest.Builder machine) throws BootException {
        LinuxGuest guest = machine.start();
        try {
            guest.awaitReady(BOOT_LIMIT);
            guest.load("virtio_snd");
            return guest;
        } catch (BootException e) {
            guest.close();
            throw e;
        }
    }

    /**
     * The shape with the smallest period that a card's driver accepts for playback and capture, and that anybody uses: a
     * driver that is offered 8 bits at 8000 Hz accepts 20 frames.
     */
    public static Shape smallestShape(LinuxGuest guest, int card) throws BootException {
        String limits = guest.runSuccessfully("pcmprobe -m -c " + card, QUESTION_LIMIT);
        int period = SMALLEST_PERIOD_FRAMES;
        for (String line : limits.lines().toList()) {
            int smallest = JsonParser.parseString(line)
                    .getAsJsonObject()
                    .get("period_min")
                    .getAsInt();
            period = Math.max(period, smallest);
        }
        return Shape.ofPeriod(period);
    }

    @Override
    public void close() throws IOException {
        folder.close();
    }
}
