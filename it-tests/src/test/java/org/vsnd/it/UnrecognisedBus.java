// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it;

import org.vsnd.guest.driver.Bus;
import org.vsnd.guest.driver.ForwardingBus;
import org.vsnd.guest.driver.VirtioPciCommonCfg;

/**
 * A way to the card on which writes of device_feature, which are read-only, are lost: the card does not see that the driver
 * is Haiku's, and serves it as it serves all others.
 */
final class UnrecognisedBus extends ForwardingBus {
    private static final int VIRTIO_BAR = 4;

    UnrecognisedBus(Bus bus) {
        super(bus);
    }

    @Override
    public void writeBar(int bar, long offset, int size, long value) {
        if (bar != VIRTIO_BAR || offset != VirtioPciCommonCfg.DEVICE_FEATURE) {
            super.writeBar(bar, offset, size, value);
        }
    }
}
