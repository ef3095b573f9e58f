// SPDX-License-Identifier: Apache-2.0
package org.vsnd.cli.doctor;

import java.util.Locale;

/**
 * One thing that was checked.
 *
 * @param what its name
 * @param state how it is
 * @param detail what was found and, unless the state is {@link State#OK}, what to do about it
 */
public record Finding(String what, State state, String detail) {
    /** The state of a thing. */
    public enum State {
        /** As it should be. */
        OK,
        /** Not there yet, but {@code vsnd boot} will fetch it. */
        LATER,
        /** Not there; {@code vsnd boot} works without it. */
        NOTE,
        /** Not there, and {@code vsnd boot} cannot work without it. */
        MISSING
    }

    static Finding ok(String what, String detail) {
        return new Finding(what, State.OK, detail);
    }

    static Finding note(String what, String detail) {
        return new Finding(what, State.NOTE, detail);
    }

    static Finding missing(String what, String detail) {
        return new Finding(what, State.MISSING, detail);
    }

    static Finding later(String what, String detail) {
        return new Finding(what, State.LATER, detail);
    }

    /** One line for people. */
    public String line() {
        return String.format(Locale.ROOT, "%-8s %-20s %s", state.toString().toLowerCase(Locale.ROOT), what, detail);
    }
}
