// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.boot;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.vsnd.cli.serve.Front;

/**
 * A PC for the system on an image: hardware that every system has drivers for, and the sound card.
 *
 * @param accelerator how instructions run
 * @param memory as QEMU writes it, for example {@code 2G}
 * @param images the first is booted; at most {@link #MOST_IMAGES}
 * @param snapshot whether the guest's writes to its disks are discarded when it ends
 * @param display as QEMU's {@code -display} wants it
 * @param serialLog gets what the guest writes to its first serial port
 * @param more the operator's arguments, after all others
 */
public record Machine(
        Accelerator accelerator,
        String memory,
        List<DiskImage> images,
        boolean snapshot,
        String display,
        Path serialLog,
        List<String> more) {
    /** Ports of the disk controller that comes with the machine. */
    public static final int MOST_IMAGES = 6;

    /**
     * Haiku's driver waits for each exchange in a loop at real-time priority, which would starve a single processor.
     */
    private static final String PROCESSORS = "2";

    public Machine {
        images = List.copyOf(images);
        more = List.copyOf(more);
    }

    /**
     * All arguments for QEMU.
     *
     * @param front how the sound card is served
     * @param sound where it is served
     */
    public List<String> arguments(Front front, Path sound) {
        List<String> all = new ArrayList<>(List.of("-machine", "q35,memory-backend=mem0"));
        all.addAll(List.of("-accel", accelerator.option(), "-cpu", processor(), "-smp", PROCESSORS));
        // shared, because the sound card in another process accesses it
        all.addAll(List.of("-m", memory, "-object", "memory-backend-memfd,id=mem0,share=on,size=" + memory));
        all.addAll(List.of("-nodefaults", "-device", "VGA", "-display", display));
        // a tablet reports positions, not movements, so that the host's pointer need not be captured
        all.addAll(List.of("-device", "qemu-xhci", "-device", "usb-tablet"));
        all.addAll(List.of("-nic", "user,model=e1000"));
        all.addAll(List.of("-chardev", "file,id=serial,path=" + value(serialLog), "-serial", "chardev:serial"));
        for (int i = 0; i < images.size(); i++) {
            all.addAll(drive(images.get(i), i));
        }
        all.addAll(QemuCard.arguments(front, "sound", sound));
        all.addAll(more);
        return all;
    }

    /**
     * The best available. Without KVM that would have five-level paging, which older systems cannot handle and none
     * needs below 128 TiB.
     */
    private String processor() {
        return accelerator == Accelerator.KVM ? "host" : "max,la57=off";
    }

    /**
     * On the machine's own AHCI controller, not on virtio: firmware boots from it and every installer has a driver for
     * it, while Windows and older systems do not see virtio disks.
     */
    private List<String> drive(DiskImage image, int port) {
        String drive =
                "if=none,id=drive" + port + ",format=" + image.format().qemuName() + ",file=" + value(image.file());
        if (image.asCd()) {
            drive += ",readonly=on";
        } else if (snapshot) {
            drive += ",snapshot=on";
        }
        String device = image.asCd() ? "ide-cd" : "ide-hd";
        return List.of(
                "-drive", drive, "-device", device + ",bus=ide." + port + ",drive=drive" + port + ",bootindex=" + port);
    }

    /** In QEMU's option lists a comma ends a value, and two commas stand for one. */
    private static String value(Path path) {
        return path.toString().replace(",", ",,");
    }
}
