// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import org.vsnd.trace.Trace;
import org.vsnd.trace.TraceException;
import org.vsnd.trace.card.TracedCard;

/**
 * What a replay is played on.
 *
 * @param traced the card that the guest had
 * @param own the card that it gets now
 * @param shadow what the driver has written
 * @param findings what was found so far
 */
record ReplayContext(
        Trace trace,
        TracedCard traced,
        OwnCard own,
        ReplayBus bus,
        ReplayMemory memory,
        DriverShadow shadow,
        InterruptWatch watch,
        ReplayQueues queues,
        Findings findings) {
    /** Why the trace cannot be replayed, and where. */
    TraceException refusal(int line, String why) {
        return new TraceException(trace.file().getFileName() + ":" + line + ": " + why);
    }
}
