// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

import java.util.ArrayList;
import java.util.List;

/** A bridge, its lines, and what firmware does on the bus. */
final class TestBus {
    static final long ECAM = 0x3000_0000L;
    static final long WINDOW = 0x4000_0000L;
    static final long HIGH_WINDOW = 0x40_0000_0000L;
    static final long WINDOW_BYTES = 0x1000_0000L;
    static final EcamLayout LAYOUT = new EcamLayout(ECAM, WINDOW, WINDOW_BYTES, HIGH_WINDOW, WINDOW_BYTES);
    static final int COMMAND = 0x04;
    static final int MEMORY = 2;
    static final int BAR_0 = 0x10;

    final List<String> messages = new ArrayList<>();
    final boolean[] lines = new boolean[4];
    final EcamHostBridge bridge;
    int lineChanges;

    private TestBus(boolean withMsi) {
        bridge = withMsi
                ? new EcamHostBridge(
                        LAYOUT, this::set, (address, data) -> messages.add(String.format("0x%x: 0x%x", address, data)))
                : new EcamHostBridge(LAYOUT, this::set);
    }

    static TestBus intxOnly() {
        return new TestBus(false);
    }

    static TestBus withMsi() {
        return new TestBus(true);
    }

    private void set(int line, boolean asserted) {
        lines[line] = asserted;
        lineChanges++;
    }

    static long register(int device, int function, int offset) {
        return (long) device << 15 | (long) function << 12 | offset;
    }

    long read(int device, int function, int offset, int size) {
        return bridge.readEcam(register(device, function, offset), size);
    }

    void write(int device, int function, int offset, int size, long value) {
        bridge.writeEcam(register(device, function, offset), size, value);
    }

    /** Writes a BAR's registers, both for one of 64 bits. */
    void place(int device, int bar, long address) {
        write(device, 0, BAR_0 + 4 * bar, 4, address);
        if (address >>> 32 != 0) {
            write(device, 0, BAR_0 + 4 * bar + 4, 4, address >>> 32);
        }
    }

    void decode(int device, boolean on) {
        write(device, 0, COMMAND, 2, on ? MEMORY : 0);
    }
}
