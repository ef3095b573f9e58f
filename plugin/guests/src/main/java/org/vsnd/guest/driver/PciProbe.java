// SPDX-License-Identifier: Apache-2.0
package org.vsnd.guest.driver;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What firmware and an operating system's PCI code do with a function: size and place BARs, walk capabilities. */
public final class PciProbe {
    /** Offset of the command register. */
    public static final int COMMAND = 0x04;
    /** Offset of the status register. */
    public static final int STATUS = 0x06;
    /** Command bit: memory decoding. */
    public static final int COMMAND_MEMORY = 1 << 1;
    /** Command bit: DMA and message-signalled interrupts. */
    public static final int COMMAND_BUS_MASTER = 1 << 2;
    /** Command bit: INTx off. */
    public static final int COMMAND_INTX_DISABLE = 1 << 10;

    private static final int BAR0 = 0x10;
    private static final int CAPABILITY_POINTER = 0x34;
    private static final long FIRST_32_BIT_ADDRESS = 0xe000_0000L;
    private static final long FIRST_64_BIT_ADDRESS = 0x38_0000_0000L;

    private final Bus bus;
    private long next32 = FIRST_32_BIT_ADDRESS;
    private long next64 = FIRST_64_BIT_ADDRESS;

    private PciProbe(Bus bus) {
        this.bus = bus;
    }

    /** Enumerates the function and leaves memory decoding and bus mastering on. */
    public static PciCard probe(Bus bus) {
        return new PciProbe(bus).run();
    }

    private PciCard run() {
        int command = bus.readConfig(COMMAND, 2);
        bus.writeConfig(COMMAND, 2, command & ~(COMMAND_MEMORY | 1));
        List<PciBar> bars = new ArrayList<>();
        for (int index = 0; index < 6; index++) {
            PciBar bar = size(index);
            if (bar != null) {
                bars.add(bar);
                index += bar.is64Bit() ? 1 : 0;
            }
        }
        List<PciCapability> capabilities = capabilities();
        List<VirtioCapability> virtio = new ArrayList<>();
        for (PciCapability cap : capabilities) {
            if (cap.id() == PciCapability.VENDOR) {
                virtio.add(virtio(cap.offset()));
            }
        }
        bus.writeConfig(COMMAND, 2, command | COMMAND_MEMORY | COMMAND_BUS_MASTER);
        return new PciCard(
                bus.readConfig(0, 2),
                bus.readConfig(2, 2),
                bus.readConfig(8, 1),
                bus.readConfig(8, 4) >>> 8,
                bus.readConfig(0x2c, 2),
                bus.readConfig(0x2e, 2),
                bus.readConfig(0x3d, 1),
                List.copyOf(bars),
                capabilities,
                List.copyOf(virtio));
    }

    private @Nullable PciBar size(int index) {
        int at = BAR0 + 4 * index;
        int old = bus.readConfig(at, 4);
        bus.writeConfig(at, 4, -1);
        int low = bus.readConfig(at, 4);
        bus.writeConfig(at, 4, old);
        if (low == 0) {
            return null;
        }
        if ((low & 1) != 0) {
            throw new IllegalStateException("BAR " + index + " is in I/O space");
        }
        boolean is64Bit = (low & 6) == 4;
        long mask = 0xffff_ffff_0000_0000L | (low & 0xffff_fff0L);
        if (is64Bit) {
            bus.writeConfig(at + 4, 4, -1);
            mask = ((long) bus.readConfig(at + 4, 4) << 32) | (low & 0xffff_fff0L);
        }
        long size = -mask;
        return place(at, new PciBar(index, size, is64Bit, (low & 8) != 0, 0));
    }

    private PciBar place(int at, PciBar bar) {
        long address = ((bar.is64Bit() ? next64 : next32) + bar.size() - 1) & -bar.size();
        bus.writeConfig(at, 4, (int) address);
        if (bar.is64Bit()) {
            next64 = address + bar.size();
            bus.writeConfig(at + 4, 4, (int) (address >>> 32));
        } else {
            next32 = address + bar.size();
        }
        return new PciBar(bar.index(), bar.size(), bar.is64Bit(), bar.prefetchable(), address);
    }

    private List<PciCapability> capabilities() {
        List<PciCapability> found = new ArrayList<>();
        if ((bus.readConfig(STATUS, 2) & 0x10) == 0) {
            return found;
        }
        BitSet seen = new BitSet();
        int at = bus.readConfig(CAPABILITY_POINTER, 1);
        while (at != 0) {
            if (at < 0x40 || (at & 3) != 0 || seen.get(at)) {
                throw new IllegalStateException(String.format("capability list is broken at 0x%x", at));
            }
            seen.set(at);
            found.add(new PciCapability(bus.readConfig(at, 1), at));
            at = bus.readConfig(at + 1, 1);
        }
        return List.copyOf(found);
    }

    private VirtioCapability virtio(int at) {
        return new VirtioCapability(
                at,
                bus.readConfig(at + 2, 1),
                bus.readConfig(at + 3, 1),
                bus.readConfig(at + 4, 1),
                bus.readConfig(at + 8, 4) & 0xffff_ffffL,
                bus.readConfig(at + 12, 4) & 0xffff_ffffL);
    }
}
