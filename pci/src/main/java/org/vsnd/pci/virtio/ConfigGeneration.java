// SPDX-License-Identifier: Apache-2.0
package org.vsnd.pci.virtio;

import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.SnapshotException;

/** The register config_generation: a new value shows if the configuration has changed since the last read (PCI-30). */
final class ConfigGeneration {
    private static final int U8 = 0xff;

    private int value;
    private boolean changedSinceRead;

    /** The configuration has changed. */
    void changed() {
        changedSinceRead = true;
    }

    /** The driver reads the register: 0..255. */
    int read() {
        if (changedSinceRead) {
            changedSinceRead = false;
            value = (value + 1) & U8;
        }
        return value;
    }

    void save(SnapshotWriter out) {
        out.u8(value).bool(changedSinceRead);
    }

    /** Reads what {@link #save} wrote, changes nothing, and returns what applies it. */
    Runnable load(SnapshotReader in) throws SnapshotException {
        int saved = in.u8("config_generation", U8);
        boolean changed = in.bool("configuration changed");
        return () -> {
            value = saved;
            changedSinceRead = changed;
        };
    }
}
