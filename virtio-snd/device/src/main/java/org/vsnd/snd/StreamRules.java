// SPDX-License-Identifier: Apache-2.0
package org.vsnd.snd;

/**
 * How the messages of a card's streams are served.
 *
 * @param completion when playback messages are done
 * @param exchange how many messages the driver keeps in flight
 * @param targetNanos target for the host latency
 * @param capture whether host capture may be opened; otherwise capture streams are silent
 * @param stop what STOP does with pending messages
 * @param strict whether drivers are held to the standard; otherwise harmless breaches of it are served
 * @param headerBytes before the data of each I/O message; 4 by the standard
 */
public record StreamRules(
        CompletionPolicy completion,
        ExchangeRule exchange,
        long targetNanos,
        boolean capture,
        StopRule stop,
        boolean strict,
        int headerBytes) {
    /** An error here is a fault in vsnd. */
    public StreamRules {
        if (headerBytes < PcmXfer.LENGTH) {
            throw new IllegalArgumentException("header of " + headerBytes + " bytes");
        }
        if (targetNanos <= 0) {
            throw new IllegalArgumentException("target of " + targetNanos + " ns");
        }
    }
}
