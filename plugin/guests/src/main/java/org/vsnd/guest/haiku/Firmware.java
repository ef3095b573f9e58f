// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.haiku;

import org.vsnd.guest.driver.Bus;

/** The bus set-up before Haiku: BARs sized and placed from 0xe0000000 on, an interrupt line, decoding on. */
final class Firmware {
    private static final int BAR0 = 0x10;
    private static final int COMMAND = 0x04;
    private static final int COMMAND_IO_MEMORY = 3;
    private static final int INTERRUPT_LINE = 0x3c;
    private static final int LINE = 11;
    private static final long FIRST_ADDRESS = 0xe000_0000L;
    private static final int MSIX = 0x11;
    private static final int VENDOR = 0x09;
    private static final int NOTIFY = 2;

    private final Bus bus;
    private long nextAddress = FIRST_ADDRESS;

    Firmware(Bus bus) {
        this.bus = bus;
    }

    void run() {
        bus.readConfig(0x00, 4);
        bus.readConfig(0x2e, 2);
        bus.readConfig(0x2c, 2);
        bus.readConfig(0x08, 4);
        bus.readConfig(0x08, 1);
        for (int index = 0; index < 6; ) {
            index += placeBar(BAR0 + 4 * index);
        }
        bus.writeConfig(INTERRUPT_LINE, 1, LINE);
        bus.writeConfig(COMMAND, 2, bus.readConfig(COMMAND, 2) | COMMAND_IO_MEMORY);
        listCapabilities();
    }

    /** Returns how many registers the BAR has. */
    private int placeBar(int at) {
        bus.writeConfig(at, 4, -1);
        int low = bus.readConfig(at, 4);
        if (low == 0) {
            return 1;
        }
        boolean is64Bit = (low & 6) == 4;
        long size = -(long) (low & 0xffff_fff0);
        if (is64Bit) {
            bus.writeConfig(at + 4, 4, -1);
            size = -(((long) bus.readConfig(at + 4, 4) << 32) | (low & 0xffff_fff0L));
        }
        long address = (nextAddress + size - 1) & -size;
        nextAddress = address + size;
        bus.writeConfig(at, 4, (int) address);
        if (is64Bit) {
            bus.writeConfig(at + 4, 4, (int) (address >>> 32));
        }
        return is64Bit ? 2 : 1;
    }

    private void listCapabilities() {
        bus.readConfig(0x06, 2);
        int at = bus.readConfig(0x34, 1);
        while (at != 0) {
            int id = bus.readConfig(at, 1);
            int next = bus.readConfig(at + 1, 1);
            if (id == MSIX) {
                bus.readConfig(at + 2, 2);
                bus.readConfig(at + 4, 4);
                bus.readConfig(at + 8, 4);
            } else if (id == VENDOR) {
                int type = bus.readConfig(at + 3, 1);
                bus.readConfig(at + 4, 1);
                bus.readConfig(at + 8, 4);
                bus.readConfig(at + 12, 4);
                if (type == NOTIFY) {
                    bus.readConfig(at + 16, 4);
                }
                bus.readConfig(at + 2, 1);
            }
            at = next;
        }
    }
}
