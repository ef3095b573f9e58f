// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.guest.driver.SndWire;

/**
 * What the standard demands of an answer: success, or an error, and by which rule.
 *
 * @param ok whether it must be VIRTIO_SND_S_OK
 */
record ExpectedStatus(boolean ok, String rule) {
    static ExpectedStatus success(String rule) {
        return new ExpectedStatus(true, rule);
    }

    static ExpectedStatus error(String rule) {
        return new ExpectedStatus(false, rule);
    }

    /** Whether a status is what is demanded. */
    boolean accepts(int status) {
        return ok
                ? status == SndWire.S_OK
                : status == SndWire.S_BAD_MSG || status == SndWire.S_NOT_SUPP || status == SndWire.S_IO_ERR;
    }
}
