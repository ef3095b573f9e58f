// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import org.jspecify.annotations.Nullable;
import org.vsnd.spi.PciFunction;

/**
 * A PCI host bridge for hosts that only have memory-mapped devices: one bus, reached through a window of configuration
 * space (ECAM) and windows for BARs, with INTA# to INTD# wired to four lines. The host forwards the guest's loads and stores
 * in these windows; {@link PciHostNode} is what its device tree must say.
 *
 * <p>Answers as a bus does: where nothing answers, or where an access is not wholly inside one function's configuration
 * space or one BAR, a read gives all ones and a write is ignored, whatever offset and size a guest chooses. Nothing
 * throws because of a guest.
 *
 * <p>There is no function for the bridge itself. Linux and Haiku look at every device of the bus and need none, and no
 * vendor and device id would be right for it. A host that wants one plugs it into slot 0.
 *
 * <p>Device thread only. Accesses and interrupts allocate nothing.
 */
public final class EcamHostBridge {
    /** Devices of the bus. */
    public static final int DEVICES = 32;
    /** Functions of a device. */
    public static final int FUNCTIONS = 8;

    private static final int FUNCTION_SHIFT = 12;
    private static final int FUNCTION_BYTES = 1 << FUNCTION_SHIFT;
    private static final int HEADER_TYPE = 0x0e; // u8 R
    private static final long MULTI_FUNCTION = 0x80;
    private static final long LOW_HALF = 0xffff_ffffL;

    private final EcamLayout layout;
    private final Slot[] slots = new Slot[DEVICES * FUNCTIONS];
    private final BarDecoder decoder = new BarDecoder(slots);

    /** A bus without functions, for a host that only has interrupt lines. */
    public EcamHostBridge(EcamLayout layout, IntxLines lines) {
        this(layout, new SharedLines(lines), null);
    }

    /** A bus without functions, for a host that also has an MSI controller. */
    public EcamHostBridge(EcamLayout layout, IntxLines lines, MsiTarget msi) {
        this(layout, new SharedLines(lines), msi);
    }

    private EcamHostBridge(EcamLayout layout, SharedLines lines, @Nullable MsiTarget msi) {
        this.layout = layout;
        for (int device = 0; device < DEVICES; device++) {
            Slot functionZero = new Slot(device, null, lines, msi, decoder);
            slots[device * FUNCTIONS] = functionZero;
            for (int function = 1; function < FUNCTIONS; function++) {
                slots[device * FUNCTIONS + function] = new Slot(device, functionZero, lines, msi, decoder);
            }
        }
    }

    /**
     * A place on the bus, the same object each time. May be called on any thread.
     *
     * @param device 0..31
     * @param function 0..7
     */
    public Slot slot(int device, int function) {
        if (device < 0 || device >= DEVICES || function < 0 || function >= FUNCTIONS) {
            throw new IllegalArgumentException(String.format(
                    "there is no slot %d.%d: a bus has devices 0 to 31, each with functions 0 to 7", device, function));
        }
        return slots[device * FUNCTIONS + function];
    }

    /** The layout of its windows. Any thread. */
    public EcamLayout layout() {
        return layout;
    }

    /** {@link #readEcam} or {@link #readWindow}, for a host that does not distinguish the windows. */
    public long load(long address, int size) {
        return layout.isEcam(address) ? readEcam(address - layout.ecamAddress(), size) : readWindow(address, size);
    }

    /** {@link #writeEcam} or {@link #writeWindow}, for a host that does not distinguish the windows. */
    public void store(long address, int size, long value) {
        if (layout.isEcam(address)) {
            writeEcam(address - layout.ecamAddress(), size, value);
        } else {
            writeWindow(address, size, value);
        }
    }

    /**
     * Reads configuration space.
     *
     * @param offset bytes from {@link EcamLayout#ecamAddress}
     * @param size 1, 2, 4 or 8 bytes, any alignment
     * @return the little-endian value, zero-extended
     */
    public long readEcam(long offset, int size) {
        PciFunction function = functionAt(offset, size);
        if (function == null) {
            return allOnes(size);
        }
        int register = (int) offset % FUNCTION_BYTES;
        long value = size == 8
                ? (function.readConfig(register, 4) & LOW_HALF) | ((long) function.readConfig(register + 4, 4) << 32)
                : function.readConfig(register, size) & allOnes(size);
        int headerType = HEADER_TYPE - register;
        if (headerType >= 0 && headerType < size && hasSeveralFunctions((int) offset >> FUNCTION_SHIFT)) {
            value |= MULTI_FUNCTION << (8 * headerType);
        }
        return value;
    }

    /**
     * Writes configuration space.
     *
     * @param offset bytes from {@link EcamLayout#ecamAddress}
     * @param size 1, 2, 4 or 8 bytes, any alignment
     * @param value little-endian; bits above {@code size} are ignored
     */
    public void writeEcam(long offset, int size, long value) {
        PciFunction function = functionAt(offset, size);
        if (function == null) {
            return;
        }
        int register = (int) offset % FUNCTION_BYTES;
        if (size == 8) {
            function.writeConfig(register, 4, (int) value);
            function.writeConfig(register + 4, 4, (int) (value >>> 32));
        } else {
            function.writeConfig(register, size, (int) value);
        }
        decoder.registersChanged(); // any register may do that: BARs and command, but also one that resets the function
    }

    /**
     * Reads a BAR, wherever the guest has put it.
     *
     * @param address guest-physical
     * @param size 1, 2, 4 or 8 bytes, any alignment
     * @return the little-endian value, zero-extended
     */
    public long readWindow(long address, int size) {
        DecodedBar bar = barAt(address, size);
        return bar == null ? allOnes(size) : bar.read(address, size) & allOnes(size);
    }

    /**
     * Writes a BAR, wherever the guest has put it.
     *
     * @param address guest-physical
     * @param size 1, 2, 4 or 8 bytes, any alignment
     * @param value little-endian; bits above {@code size} are ignored
     */
    public void writeWindow(long address, int size, long value) {
        DecodedBar bar = barAt(address, size);
        if (bar != null) {
            bar.write(address, size, value);
        }
    }

    /** The machine is reset, and every function with it. */
    public void reset() {
        for (Slot slot : slots) {
            slot.reset();
        }
        refresh();
    }

    /** Registers of a function have changed without this bridge: the host has reset or restored the function. */
    public void refresh() {
        decoder.registersChanged();
    }

    private @Nullable PciFunction functionAt(long offset, int size) {
        boolean inside = offset >= 0
                && offset < EcamLayout.ECAM_BYTES
                && isSize(size)
                && offset % FUNCTION_BYTES + size <= FUNCTION_BYTES;
        return inside ? slots[(int) offset >> FUNCTION_SHIFT].visible() : null;
    }

    private boolean hasSeveralFunctions(int slot) {
        int functionZero = slot / FUNCTIONS * FUNCTIONS;
        for (int function = 1; function < FUNCTIONS; function++) {
            if (slots[functionZero + function].visible() != null) {
                return true;
            }
        }
        return false;
    }

    private @Nullable DecodedBar barAt(long address, int size) {
        if (!isSize(size) || !layout.isWindow(address) || !layout.isWindow(address + size - 1)) {
            return null;
        }
        DecodedBar bar = decoder.at(address);
        return bar != null && bar.holds(address + size - 1) ? bar : null;
    }

    private static boolean isSize(int size) {
        return size == 1 || size == 2 || size == 4 || size == 8;
    }

    private static long allOnes(int size) {
        return size == 1 || size == 2 || size == 4 ? (1L << (8 * size)) - 1 : -1;
    }
}
