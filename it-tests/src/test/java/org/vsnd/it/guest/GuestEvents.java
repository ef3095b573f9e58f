// SPDX-License-Identifier: Apache-2.0
package org.vsnd.it.guest;

import java.time.Duration;

/** What the guest's first card tells programs of its controls, as {@code alsactl monitor} prints it. */
final class GuestEvents {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Guest guest;
    private int told;

    private GuestEvents(Guest guest) {
        this.guest = guest;
    }

    /** Returns when it listens. */
    static GuestEvents watch(Guest guest) throws Exception {
        guest.run("rm -f /tmp/events; alsactl monitor hw:0 >/tmp/events 2>&1 &"
                + " until ls -l /proc/$!/fd | grep -q controlC0; do usleep 20000; done; usleep 100000");
        return new GuestEvents(guest);
    }

    /** Waits for a change of an element's value that this has not returned for already. */
    void await(String element) throws Exception {
        Waiting.until(LIMIT, () -> come(element), () -> "an event of " + element);
    }

    private boolean come(String element) throws Exception {
        String[] lines = guest.run("cat /tmp/events").split("\n", -1);
        for (int i = told; i < lines.length - 1; i++) {
            if (lines[i].contains("," + element) && lines[i].endsWith("VALUE")) {
                told = i + 1;
                return true;
            }
        }
        return false;
    }

    void end() throws Exception {
        guest.run("killall alsactl");
    }
}
