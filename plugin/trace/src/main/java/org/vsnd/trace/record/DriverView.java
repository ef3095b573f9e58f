// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.record;

import static org.vsnd.guest.driver.PciProbe.COMMAND;
import static org.vsnd.guest.driver.PciProbe.COMMAND_BUS_MASTER;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.DEVICE_STATUS;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.DRIVER_FEATURE;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.DRIVER_FEATURE_SELECT;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.NUM_QUEUES;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_DESC;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_DEVICE;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_DRIVER;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_ENABLE;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_SELECT;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.QUEUE_SIZE;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.STATUS_DRIVER_OK;
import static org.vsnd.guest.driver.VirtioPciCommonCfg.STATUS_NEEDS_RESET;

import org.jspecify.annotations.Nullable;
import org.vsnd.guest.driver.Features;
import org.vsnd.spi.PciFunction;

/**
 * What the driver has set up. Whatever widths and halves it writes, the function itself knows best what came of it, so
 * its registers are read again after every write that could have changed one; none of these reads has an effect. Device
 * thread only.
 */
final class DriverView {
    private final PciFunction function;
    private final VirtioLayout layout;
    private final QueueView[] queues;
    private long status;
    private boolean indirect;
    /** Queues have the packed format, which is not followed. */
    private boolean packed;

    DriverView(PciFunction function, VirtioLayout layout) {
        this.function = function;
        this.layout = layout;
        queues = new QueueView[(int) load(NUM_QUEUES, 2)];
        for (int i = 0; i < queues.length; i++) {
            queues[i] = new QueueView(i);
        }
    }

    /** Looks at the registers again. */
    void refresh() {
        status = load(DEVICE_STATUS, 1);
        if (status == 0) {
            packed = false;
            for (QueueView queue : queues) {
                queue.forget();
            }
        }
        long select = load(DRIVER_FEATURE_SELECT, 4);
        if (select == 0) {
            indirect = (load(DRIVER_FEATURE, 4) & Features.INDIRECT_DESC) != 0;
        } else if (select == 1) {
            packed = (load(DRIVER_FEATURE, 4) & Features.RING_PACKED >>> 32) != 0;
        }
        int selected = (int) load(QUEUE_SELECT, 2);
        if (selected < queues.length) {
            refresh(queues[selected]);
        }
    }

    private void refresh(QueueView queue) {
        if (load(QUEUE_ENABLE, 2) == 1 && !packed) {
            queue.enable((int) load(QUEUE_SIZE, 2), load(QUEUE_DESC, 8), load(QUEUE_DRIVER, 8), load(QUEUE_DEVICE, 8));
        } else {
            queue.forget();
        }
    }

    private long load(int register, int size) {
        VirtioLayout.Area common = layout.common();
        return common.length() == 0 ? 0 : function.readBar(common.bar(), common.offset() + register, size);
    }

    /** Whether device_status was 0 when it was last looked at. */
    boolean isReset() {
        return status == 0;
    }

    /** Whether the device may look at its queues now. */
    boolean running() {
        return (load(DEVICE_STATUS, 1) & (STATUS_DRIVER_OK | STATUS_NEEDS_RESET)) == STATUS_DRIVER_OK
                && (function.readConfig(COMMAND, 2) & COMMAND_BUS_MASTER) != 0;
    }

    /** Whether VIRTIO_F_INDIRECT_DESC is negotiated. */
    boolean indirect() {
        return indirect;
    }

    int queueCount() {
        return queues.length;
    }

    QueueView queue(int index) {
        return queues[index];
    }

    /** The queue whose avail.idx is there. */
    @Nullable
    QueueView withAvailIdxAt(long address) {
        for (QueueView queue : queues) {
            if (queue.keepsAvailIdxAt(address)) {
                return queue;
            }
        }
        return null;
    }

    /** The queue whose used.idx is there. */
    @Nullable
    QueueView withUsedIdxAt(long address) {
        for (QueueView queue : queues) {
            if (queue.keepsUsedIdxAt(address)) {
                return queue;
            }
        }
        return null;
    }
}
