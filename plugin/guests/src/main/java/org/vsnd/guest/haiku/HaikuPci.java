// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.DeviceFaultException;

/** The PCI bus manager: finds the function, sizes its BARs more often than needed, and walks its capabilities. */
final class HaikuPci {
    static final int COMMAND = 0x04;
    static final int COMMAND_IO = 1;
    static final int COMMAND_MEMORY = 1 << 1;
    static final int COMMAND_MASTER = 1 << 2;
    static final int COMMAND_INT_DISABLE = 1 << 10;
    static final int VENDOR_ID = 0x00;
    static final int DEVICE_ID = 0x02;
    static final int REVISION = 0x08;
    static final int SUBSYSTEM_ID = 0x2e;
    static final int VENDOR_CAPABILITY = 0x09;

    private static final int STATUS = 0x06;
    private static final int STATUS_CAPABILITIES = 1 << 4;
    private static final int CLASS_API = 0x09;
    private static final int CLASS_SUB = 0x0a;
    private static final int CLASS_BASE = 0x0b;
    private static final int CLASS_BASE_MULTIMEDIA = 4;
    private static final int CLASS_SUB_AUDIO = 1;
    private static final int CLASS_SUB_HD_AUDIO = 3;
    private static final int LINE_SIZE = 0x0c;
    private static final int BIST = 0x0f;
    private static final int HEADER_TYPE = 0x0e;
    private static final int BAR0 = 0x10;
    private static final int ROM = 0x30;
    private static final int CAPABILITY_POINTER = 0x34;
    private static final int MSI_CAPABILITY = 0x05;
    private static final int HYPERTRANSPORT_CAPABILITY = 0x08;
    private static final int CAPABILITY_LIMIT = 48;

    private final Bus bus;
    private final HaikuVersion version;
    private final HaikuMsix msix;
    private final long[] barSizes = new long[6];
    private int vendor;
    private int classBase;
    private int classSub;
    private int interruptLine;

    HaikuPci(HaikuKernel kernel, HaikuVersion version) {
        bus = kernel.bus();
        this.version = version;
        msix = new HaikuMsix(kernel, this);
    }

    int read(int offset, int size) {
        return bus.readConfig(offset, size);
    }

    void write(int offset, int size, int value) {
        bus.writeConfig(offset, size, value);
    }

    HaikuMsix msix() {
        return msix;
    }

    int vendor() {
        return vendor;
    }

    /** Whether the device manager offers the function to virtio drivers of sound cards. */
    boolean isAudio() {
        return classBase == CLASS_BASE_MULTIMEDIA && (classSub == CLASS_SUB_AUDIO || classSub == CLASS_SUB_HD_AUDIO);
    }

    int interruptLine() {
        return interruptLine;
    }

    long barSize(int bar) {
        return barSizes[bar];
    }

    /** What happens at boot, before any driver is looked for. */
    void scan() {
        if (read(VENDOR_ID, 2) == 0xffff) {
            throw new DeviceFaultException("there is nothing on the bus");
        }
        read(HEADER_TYPE, 1); // fix-ups of known chips
        read(DEVICE_ID, 2);
        read(CLASS_BASE, 1);
        read(VENDOR_ID, 2); // discovery
        read(HEADER_TYPE, 1);
        read(DEVICE_ID, 2);
        readBasicInfo();
        read(CLASS_BASE, 1);
        read(CLASS_SUB, 1);
        read(HEADER_TYPE, 1);
        write(STATUS, 2, read(STATUS, 2)); // clears what can be cleared
        for (int pass = version == HaikuVersion.BRANCH ? 2 : 3; pass > 0; pass--) {
            readBasicInfo();
            readHeaderInfo();
            findCapability(MSI_CAPABILITY);
            msix.readInfo();
            findCapability(HYPERTRANSPORT_CAPABILITY);
        }
    }

    private void readBasicInfo() {
        vendor = read(VENDOR_ID, 2);
        read(DEVICE_ID, 2);
        read(REVISION, 1);
        read(CLASS_API, 1);
        classSub = read(CLASS_SUB, 1);
        classBase = read(CLASS_BASE, 1);
        for (int offset = LINE_SIZE; offset <= BIST; offset++) {
            read(offset, 1);
        }
    }

    private void readHeaderInfo() {
        int command = read(COMMAND, 2);
        write(COMMAND, 2, command & ~(COMMAND_IO | COMMAND_MEMORY));
        sizeRegister(ROM, 0xffff_fffe);
        for (int index = 0; index < 6; ) {
            index += sizeBar(index);
        }
        write(COMMAND, 2, command);
        read(0x28, 4);
        read(SUBSYSTEM_ID, 2);
        read(0x2c, 2);
        interruptLine = read(0x3c, 1);
        read(0x3d, 1);
        read(0x3e, 1);
        read(0x3f, 1);
    }

    private int sizeRegister(int at, int ones) {
        int old = read(at, 4);
        write(at, 4, ones);
        int bits = read(at, 4);
        write(at, 4, old);
        return bits;
    }

    /** Returns how many registers the BAR has. */
    private int sizeBar(int index) {
        int at = BAR0 + 4 * index;
        int low = sizeRegister(at, -1);
        boolean is64Bit = (low & 7) == 4 && index < 5;
        long bits = low & 0xffff_fff0L;
        if (is64Bit) {
            bits |= (long) sizeRegister(at + 4, -1) << 32;
        }
        barSizes[index] = Long.lowestOneBit(bits);
        return is64Bit ? 2 : 1;
    }

    /** Offset of the first capability with this id, or 0. */
    int findCapability(int id) {
        if ((read(STATUS, 2) & STATUS_CAPABILITIES) == 0) {
            return 0;
        }
        read(HEADER_TYPE, 1);
        int at = read(CAPABILITY_POINTER, 1) & ~3;
        for (int i = 0; at != 0 && i < CAPABILITY_LIMIT; i++) {
            if (read(at, 1) == id) {
                return at;
            }
            at = read(at + 1, 1) & ~3;
        }
        return 0;
    }
}
