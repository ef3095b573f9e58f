// SPDX-License-Identifier: Apache-2.0
package org.vsnd.nativebind.libc;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** The scheduling class of the calling thread. Threads it starts do not inherit it. */
public final class RealtimePriority {
    private RealtimePriority() {}

    /**
     * Asks for {@code SCHED_RR}: the thread runs before every ordinary thread, in turn with others of the same
     * priority.
     *
     * @param priority 1..99
     * @return empty if granted, otherwise the reason in words
     */
    public static Optional<String> request(int priority) {
        return setScheduler(LibC.SCHED_RR | LibC.SCHED_RESET_ON_FORK, priority);
    }

    /** Makes it an ordinary thread again. */
    public static void giveUp() {
        if (setScheduler(LibC.SCHED_OTHER, 0).isPresent()) {
            setScheduler(LibC.SCHED_OTHER | LibC.SCHED_RESET_ON_FORK, 0); // only root may take that flag back
        }
    }

    private static Optional<String> setScheduler(int policy, int priority) {
        byte[] param = ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(priority)
                .array();
        return LibC.sched_setscheduler(0, policy, param) == 0
                ? Optional.empty()
                : Optional.of(LibC.strerror(LibC.errno()));
    }
}
