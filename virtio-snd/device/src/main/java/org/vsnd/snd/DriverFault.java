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
    /** The bytes of a header that the card expects, and those that each message has too many. */
    LONG_HEADER(
            "sends %2$d bytes of zeros more than a period in each message, which are heard as a tick; it should send"
                    + " a header of %1$d bytes and then the sound, or the card should be given header=8"),
    /** A stream's number. */
    NO_STREAM("sends a message for stream %d, which is answered IO_ERR because its queue has no such stream; it should"
            + " leave the header as it is until the message comes back"),
    /** The bytes left for a reply. */
    NO_STATUS("leaves %d bytes for the reply to a request, which cannot be answered; it should leave at least 4"),
    /** What it is. */
    NOT_OFFERED(
            "sets what PCM_INFO does not offer (%s), which is answered NOT_SUPP; it should choose among what is offered,"
                    + " or the card should be given other formats, rates or channels"),
    /** A command, a state. */
    OUT_OF_STATE("sends %s to a stream in state %s, which is answered BAD_MSG; 5.14.6.6.1 says what it should send"),
    /** A command. */
    NOT_RELEASED("sends %s to a stream that is stopped, which is released first; it should send RELEASE before"),
    RELEASED_TWICE("sends RELEASE to a stream that is released, which is answered OK; it should send it once"),
    MESSAGES_OUT_OF_STATE("sends messages on and on to a stream that is not prepared, which are answered IO_ERR at the"
            + " pace of the stream; it should have PREPARE answered OK first");

    private final String text;

    DriverFault(String text) {
        this.text = text;
    }

    /** A sentence without its end. */
    String describe(Object... values) {
        return "the driver " + String.format(Locale.ROOT, text, values);
    }
}
