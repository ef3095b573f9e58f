// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.guest.driver.SndWire;

/**
 * What the standard demands of an answer: success, or an error, and by which rule.
 *
 * @param ok whether it must be VIRTIO_SND_S_OK
 */
record Demand(boolean ok, String rule) {
    static Demand success(String rule) {
        return new Demand(true, rule);
    }

    static Demand error(String rule) {
        return new Demand(false, rule);
    }

    /** Whether a status is what is demanded. */
    boolean accepts(int status) {
        return ok
                ? status == SndWire.S_OK
                : status == SndWire.S_BAD_MSG || status == SndWire.S_NOT_SUPP || status == SndWire.S_IO_ERR;
    }
}
