// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

import java.util.Locale;

/** What drivers are known to do against the standard, each with what they should do. {@link DriverFaults} says it. */
enum DriverFault {
    /** A request's code, its bytes, the bytes that its structure has. */
    SHORT_REQUEST(
            "sends a request 0x%04x of %d bytes, which is answered BAD_MSG; it should send all %d of its structure"),
    /** A request's code, the bytes left for its reply, the bytes that it needs. */
    SHORT_REPLY("leaves %2$d bytes for the reply to request 0x%1$04x, which is answered BAD_MSG; it should leave %3$d:"
            + " 4 for the status, and the items"),
    /** The bytes left for a reply. */
    NO_STATUS("leaves %d bytes for the reply to a request, which cannot be answered; it should leave at least 4");

    private final String text;

    DriverFault(String text) {
        this.text = text;
    }

    /** A sentence without its end. */
    String describe(Object... values) {
        return "the driver " + String.format(Locale.ROOT, text, values);
    }
}
