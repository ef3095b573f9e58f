// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DeviceFaultException;

/**
 * A machine that runs Haiku with one virtio sound card. First {@link #firmware}, then {@link #boot}, then {@link #open} and
 * {@link #close} in turn. Everything happens on the caller's thread, in the bus's time, real or virtual.
 */
public final class HaikuMachine {
    private static final int VIRTIO_VENDOR = 0x1af4;
    private static final int FIRST_MODERN_DEVICE = 0x1040;
    private static final int LAST_MODERN_DEVICE = 0x107f;
    private static final int SOUND = 25;

    private final Bus bus;
    private final HaikuVersion version;
    private final KernelLog log;
    private final HaikuKernel kernel;
    private final HaikuPci pci;
    private @Nullable HaikuVirtioDevice kept;
    private @Nullable HaikuSoundDriver driver;

    /** A machine that is not switched on yet. */
    public HaikuMachine(Bus bus, HaikuVersion version) {
        this(bus, version, KernelLog.NONE);
    }

    /** A machine whose steps somebody follows. */
    public HaikuMachine(Bus bus, HaikuVersion version, KernelLog log) {
        this.bus = bus;
        this.version = version;
        this.log = log;
        kernel = new HaikuKernel(bus, log, version);
        pci = new HaikuPci(kernel, version);
    }

    /** The kernel, to look after areas. */
    public HaikuKernel kernel() {
        return kernel;
    }

    /** Places BARs and gives out the interrupt line. */
    public void firmware() {
        new Firmware(bus).run();
    }

    /**
     * The kernel looks at the bus, and the device manager probes the card.
     *
     * @throws DeviceFaultException if Haiku would not take it for a virtio sound card
     */
    public void boot() {
        log.mark("pci_scan");
        pci.scan();
        log.mark("probe");
        probe();
        HaikuVirtioDevice unused = new HaikuVirtioDevice(kernel, pci, version);
        log.mark("uninit_unused");
        unused.uninit();
    }

    private void probe() {
        int revision = pci.read(HaikuPci.REVISION, 1);
        pci.read(HaikuPci.SUBSYSTEM_ID, 2);
        if (version == HaikuVersion.BRANCH) {
            pci.read(HaikuPci.REVISION, 1);
            if (revision != 1) {
                throw new DeviceFaultException("Haiku wants revision 1, not " + revision);
            }
        }
        int device = pci.read(HaikuPci.DEVICE_ID, 2);
        if (pci.vendor() != VIRTIO_VENDOR || device < FIRST_MODERN_DEVICE || device > LAST_MODERN_DEVICE) {
            throw new DeviceFaultException(
                    String.format("Haiku finds no virtio device but %04x:%04x", pci.vendor(), device));
        }
        if (!pci.isAudio() || device - FIRST_MODERN_DEVICE != SOUND) {
            throw new DeviceFaultException("Haiku looks for virtio devices of class 04 01 only, and for number 25");
        }
    }

    /**
     * Opens /dev/audio/hmulti/virtio/0 for the first time or after {@link #close}.
     *
     * @throws DeviceFaultException if the driver gives up
     * @throws GuestHangsException if it would never be done
     * @throws IllegalStateException if it is open already
     */
    public HaikuSoundDriver open() {
        if (driver != null && driver.isOpen()) {
            throw new IllegalStateException("the device is open: B_BUSY");
        }
        log.mark("open");
        if (version == HaikuVersion.KERNEL) {
            driver = openAgain(driver);
            return driver;
        }
        HaikuVirtioDevice virtio = new HaikuVirtioDevice(kernel, pci, version);
        try {
            driver = new HaikuSoundDriver(kernel, virtio, false);
            return driver;
        } catch (DeviceFaultException e) {
            virtio.uninit();
            throw e;
        }
    }

    private HaikuSoundDriver openAgain(@Nullable HaikuSoundDriver earlier) {
        if (kept == null) {
            kept = new HaikuVirtioDevice(kernel, pci, version);
        }
        HaikuSoundDriver opened = new HaikuSoundDriver(kernel, kept, true);
        if (earlier != null) {
            opened.multiAudio().remember(earlier.multiAudio());
        }
        return opened;
    }

    /** Nobody uses the device for so long. */
    public void pass(long nanos) {
        kernel.snooze(nanos);
    }

    /** Closes the device if it is open. */
    public void close() {
        if (driver != null) {
            driver.close();
        }
    }
}
