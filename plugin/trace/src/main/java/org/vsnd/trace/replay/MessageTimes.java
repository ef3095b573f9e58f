// SPDX-License-Identifier: Apache-2.0
package org.vsnd.trace.replay;

/**
 * One playback or record message on its way, with the traced card and with this one.
 *
 * @param line of the trace where it became available
 * @param output whether it is for playback
 * @param tracedFromMicros of the trace's clock
 * @param tracedToMicros of the trace's clock; -1: it never came back
 * @param fromNanos of the replay's clock
 * @param toNanos of the replay's clock; -1: it never came back
 */
public record MessageTimes(
        int line, boolean output, long tracedFromMicros, long tracedToMicros, long fromNanos, long toNanos) {}
