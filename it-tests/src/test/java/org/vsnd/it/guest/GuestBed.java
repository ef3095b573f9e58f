// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.cli.boot.AttachingQemu;
import org.vsnd.cli.boot.BootException;
import org.vsnd.cli.boot.CacheFolder;
import org.vsnd.cli.boot.GuestParts;
import org.vsnd.cli.boot.Initramfs;
import org.vsnd.cli.boot.LinuxGuest;
import org.vsnd.cli.boot.Qemu;
import org.vsnd.cli.boot.QemuCard;
import org.vsnd.cli.serve.Front;
import org.vsnd.it.server.CProgram;
import org.vsnd.measure.sound.FramePattern;
import org.vsnd.measure.sound.SoundFormat;

/** What all guests have in common, made once: QEMU, the kernel, and a RAM disk with pcmprobe and the sounds to play. */
final class GuestBed {
    /** Frames of each {@link SoundFormat#fileName()}: not a whole number of periods. */
    static final int SHORT_FRAMES = 60_001;

    /** A long sound, for a guest that is to be interrupted while it plays. */
    static final String LONG_SOUND = "/long.wav";

    static final int LONG_FRAMES = 12 * 48_000 + 1;

    static final List<SoundFormat> FORMATS = List.of(
            SoundFormat.S16_STEREO_48K,
            SoundFormat.S32_STEREO_48K,
            SoundFormat.FLOAT_STEREO_48K,
            SoundFormat.S16_MONO_44K1);

    private static final Duration BOOT_LIMIT = Duration.ofMinutes(2);
    private static GuestBed instance;

    private final Qemu qemu;
    private final GuestParts parts;
    private final Path initramfs;

    private GuestBed(Qemu qemu, GuestParts parts, Path initramfs) {
        this.qemu = qemu;
        this.parts = parts;
        this.initramfs = initramfs;
    }

    static synchronized GuestBed get() throws BootException, IOException {
        if (instance == null) {
            CacheFolder cache = CacheFolder.standard(System.getenv());
            Qemu qemu = AttachingQemu.choose(new AttachingQemu.Wish(null, Front.VFIO_USER), cache, System.err::println)
                    .qemu();
            GuestParts parts = GuestParts.obtain(cache, System.err::println);
            Path initramfs = Files.createTempFile("vsnd-guest", ".cpio");
            initramfs.toFile().deleteOnExit();
            Initramfs contents = new Initramfs(parts).program("bin/pcmprobe", probe());
            for (SoundFormat format : FORMATS) {
                contents.file(format.fileName(), FramePattern.wav(format, SHORT_FRAMES));
            }
            contents.file(LONG_SOUND.substring(1), FramePattern.wav(SoundFormat.S16_STEREO_48K, LONG_FRAMES));
            contents.write(initramfs);
            instance = new GuestBed(qemu, parts, initramfs);
        }
        return instance;
    }

    private static byte[] probe() throws BootException, IOException {
        Path folder = Files.createTempDirectory("vsnd-probe");
        try {
            Path program = CProgram.build(Path.of("src/main/guest/pcmprobe.c"), folder.resolve("pcmprobe"));
            return Files.readAllBytes(program);
        } finally {
            CacheFolder.deleteTree(folder);
        }
    }

    /** A machine to add devices to. */
    LinuxGuest.Builder machine(Path folder) {
        return LinuxGuest.builder(qemu, parts, initramfs, folder);
    }

    /** The same in another QEMU. */
    LinuxGuest.Builder machine(Qemu other, Path folder) {
        return LinuxGuest.builder(other, parts, initramfs, folder);
    }

    /** Starts it, waits for the guest and loads its driver. */
    static Guest boot(LinuxGuest.Builder machine) throws BootException {
        LinuxGuest linux = machine.start();
        try {
            linux.awaitReady(BOOT_LIMIT);
            Guest guest = new Guest(linux);
            guest.loadDriver();
            return guest;
        } catch (BootException | RuntimeException e) {
            linux.close();
            throw e;
        }
    }

    /** The arguments for a sound card over vhost-user. */
    static List<String> vhostCard(String id, Path socket, String bus, String address) {
        List<String> arguments = new ArrayList<>(QemuCard.arguments(Front.VHOST_USER, id, socket));
        int last = arguments.size() - 1;
        arguments.set(last, arguments.get(last) + ",bus=" + bus + ",addr=" + address);
        return arguments;
    }

    /** A sound card over vfio-user, for {@code -device} and {@code device_add}. */
    static JsonObject card(String id, Path socket, String bus, String address) {
        JsonObject unix = new JsonObject();
        unix.addProperty("type", "unix");
        unix.addProperty("path", socket.toString());
        JsonObject device = new JsonObject();
        device.addProperty("driver", "vfio-user-pci");
        device.addProperty("id", id);
        device.addProperty("bus", bus);
        device.addProperty("addr", address);
        device.add("socket", unix);
        return device;
    }
}
