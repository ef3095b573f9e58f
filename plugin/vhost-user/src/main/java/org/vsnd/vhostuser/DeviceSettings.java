// SPDX-License-Identifier: Apache-2.0
package org.vsnd.vhostuser;

import org.vsnd.server.RateLimitedLog;
import org.vsnd.snapshot.SnapshotReader;
import org.vsnd.snapshot.SnapshotWriter;
import org.vsnd.spi.DeviceThread;
import org.vsnd.spi.SnapshotException;
import org.vsnd.virtio.VirtioDevice;

/** The device's settings, kept for a device that replaces this one and taken over from one that was lost. Device thread only. */
final class DeviceSettings {
    private static final String ERRORS =
            "its streams get errors until its programs open them anew; keep the same --state file and the same options";

    private final VirtioDevice device;
    private final KeptState kept;
    private final DeviceThread thread;
    private final RateLimitedLog log;

    DeviceSettings(VirtioDevice device, KeptState kept, DeviceThread thread, RateLimitedLog log) {
        this.device = device;
        this.kept = kept;
        this.thread = thread;
        this.log = log;
    }

    /** Keeps what they are now. */
    void keep() {
        SnapshotWriter out = new SnapshotWriter(thread.nanoTime());
        device.saveSettings(out);
        kept.settings(out.finish());
    }

    /** Keeps none. */
    void forget() {
        kept.forgetSettings();
    }

    /** The driver goes on with this device instead of one that was lost: it has that one's settings. */
    void takeOver() {
        byte[] settings = kept.settings();
        if (settings == null) {
            log.warn(() -> "the guest goes on with a card that is not known here: " + ERRORS);
            return;
        }
        try {
            SnapshotReader in = new SnapshotReader(settings, thread.nanoTime());
            Runnable load = device.loadSettings(in);
            in.end();
            load.run();
            log.info(() -> "the guest goes on where the last card was lost");
        } catch (SnapshotException e) {
            log.warn(() -> "the guest goes on with a card of which this is known: " + e.getMessage() + " " + ERRORS);
        }
    }
}
