// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.vsnd.trace.review.Remark;
import org.vsnd.trace.tape.TapeSink;

/**
 * What a replay has shown.
 *
 * @param name of the trace
 * @param options with which the card was made
 * @param failures what the card did wrong, the first hundred
 * @param differences in which the card differs as it may
 * @param remarks what the driver of the trace does against the standard, for its author; no fault of the card's
 * @param hang what becomes of a guest that hung with the traced card
 * @param flights the playback and record messages, in the order in which they came back
 * @param interrupts when they came
 * @param sinks what came out, in the order in which it was opened
 */
public record ReplayResult(
        String name,
        Map<String, String> options,
        Counts counts,
        List<Failure> failures,
        List<Difference> differences,
        List<Remark> remarks,
        Optional<HangVerdict> hang,
        List<MessageTimes> flights,
        InterruptTimes interrupts,
        List<TapeSink> sinks) {
    /**
     * When interrupts came.
     *
     * @param tracedMicros of the trace's clock
     * @param nanos of the replay's clock
     */
    public record InterruptTimes(List<Long> tracedMicros, List<Long> nanos) {}

    /** In a word: that the card fails, that the guest would never go on though the card does not, or that all is well. */
    public String verdict() {
        if (!passed()) {
            return "FAIL";
        }
        return hang.isPresent() && !hang.get().goesOn() ? "HANG" : "pass";
    }

    /** Whether the card has failed in nothing. */
    public boolean passed() {
        return counts.failures() == 0;
    }
}
