// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.ecam;

/**
 * INTA# to INTD# of every device, wired into four lines as firmware and operating systems expect: a line is asserted while
 * any function asserts it.
 */
final class SharedLines {
    private final IntxLines lines;
    private final int[] asserting = new int[IntxLines.COUNT];

    SharedLines(IntxLines lines) {
        this.lines = lines;
    }

    /**
     * The line to which a pin leads: it rotates with the device, so that the first pins do not all share one.
     *
     * @param pin 1..4, as in the interrupt pin register
     */
    static int line(int device, int pin) {
        return (device + pin - 1) % IntxLines.COUNT;
    }

    long deliveryNanos() {
        return lines.deliveryNanos();
    }

    /** One more or one fewer function asserts the line. */
    void drive(int line, boolean asserted) {
        int before = asserting[line];
        asserting[line] += asserted ? 1 : -1;
        if (before == 0 || asserting[line] == 0) {
            lines.set(line, asserted);
        }
    }
}
