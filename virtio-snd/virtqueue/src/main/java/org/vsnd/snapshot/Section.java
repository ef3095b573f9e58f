// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snapshot;

import java.util.Locale;

/** The parts of a snapshot, in the order in which they come. */
public enum Section {
    /** Device, number of MSI-X vectors, configuration space, queue_select. */
    FUNCTION("FUNC"),
    /** MSI-X table and pending bits. */
    MSIX("MSIX"),
    /** Status, features, ISR, vectors. */
    TRANSPORT("VIRT"),
    /** One for each queue: its registers, its ring, the chains that are with the device. */
    QUEUE("VIRQ"),
    /** The options of the card. */
    SOUND("SOUN"),
    /** One for each stream: parameters, statistics, messages, places in time. */
    STREAM("STRM"),
    /** Timers and wake-ups. */
    TASKS("TASK");

    private final int tag;

    /** @param letters four, as they are in the snapshot */
    Section(String letters) {
        int packed = 0;
        for (int i = letters.length() - 1; i >= 0; i--) {
            packed = packed << 8 | letters.charAt(i);
        }
        tag = packed;
    }

    /** The four letters as a little-endian number. */
    int tag() {
        return tag;
    }

    /** For people. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
