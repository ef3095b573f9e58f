// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.guest.driver.SndWire;

/**
 * What the standard demands of an answer, and by which rule: success, an error, or, where the driver breaks it and a card may
 * serve it all the same, either.
 *
 * @param ok whether it may be VIRTIO_SND_S_OK
 * @param error whether it may be another one
 */
record ExpectedStatus(boolean ok, boolean error, String rule) {
    static ExpectedStatus success(String rule) {
        return new ExpectedStatus(true, false, rule);
    }

    static ExpectedStatus error(String rule) {
        return new ExpectedStatus(false, true, rule);
    }

    static ExpectedStatus either(String rule) {
        return new ExpectedStatus(true, true, rule);
    }

    /** Whether a status is what is demanded. */
    boolean accepts(int status) {
        return switch (status) {
            case SndWire.S_OK -> ok;
            case SndWire.S_BAD_MSG, SndWire.S_NOT_SUPP, SndWire.S_IO_ERR -> error;
            default -> false;
        };
    }
}
