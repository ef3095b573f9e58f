// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.nio.ByteBuffer;
import org.vsnd.spi.GuestMemoryException;

/**
 * Recognises a driver that sends a header of 8 bytes where the card expects 4: each of its messages is 4 bytes longer than
 * its period, and these are 0. They are played as a frame of silence, or a part of one, in each period: a tick, and a
 * clock that is slow. Says so; an operator can help such a driver. Device thread only; allocates nothing.
 */
final class LongHeaders {
    private static final int SURPLUS_BYTES = 4;
    /** As many messages like this are no chance. */
    private static final int ENOUGH = 8;

    private final int headerBytes;
    private final ByteBuffer scratch;
    private final DriverFaults faults;
    private int seen;

    LongHeaders(StreamEnvironment environment) {
        headerBytes = environment.config().rules().headerBytes();
        scratch = environment.scratch();
        faults = environment.faults();
    }

    /** The stream is prepared, perhaps by another driver. */
    void begin() {
        seen = 0;
    }

    /** A message to be played has come. */
    void look(PcmMessage message, long periodBytes) {
        if (message.dataBytes != periodBytes + SURPLUS_BYTES || !beginsWithZeros(message)) {
            seen = 0;
        } else if (++seen == ENOUGH) {
            faults.seen(DriverFault.LONG_HEADER, headerBytes, SURPLUS_BYTES);
        }
    }

    private boolean beginsWithZeros(PcmMessage message) {
        try {
            message.chain().read(headerBytes, scratch.clear().limit(SURPLUS_BYTES));
            return scratch.getInt(0) == 0;
        } catch (GuestMemoryException e) {
            return false;
        }
    }
}
